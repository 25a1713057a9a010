"""Requests that create a record exactly once."""

from __future__ import annotations

import uuid
from typing import Any, Optional

from .transport import Transport


def submitted(transport: Transport, path: str, body: Any, idempotency_key: Optional[str]) -> Any:
    """
    POSTs with an idempotency key, so that a request whose answer was lost is repeated without a second record.

    idempotency_key: a random one by default
    """
    headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
    return transport.json("POST", path, body, headers=headers, may_repeat=True)
