"""Server-sent events (WHATWG HTML, section 9.2) of one record, over as many connections as it takes."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any, Dict, Iterator

from .errors import AnswerError, LimitError, ServiceError, UnreachableError
from .retry import backoff
from .transport import BROKEN, Transport

Frame = Dict[str, Any]

SILENCE_SECONDS = 60.0
"""The service sends a heartbeat every 25 s. After two missed ones, the connection is made again."""
PATIENCE_SECONDS = 600.0
"""How long the service may be unreachable, for example during its restart."""
NO_MORE_EVENTS = 204
LAST_EVENTS = ("succeeded", "failed", "cancelled")


def follow(transport: Transport, path: str, after: int) -> Iterator[Frame]:
    """
    The events with a seq greater than `after`, and progress frames between them, until the record has ended.

    Raises AnswerError if the service refuses, and UnreachableError if it does not answer for ten minutes.
    """
    failures, answered = 0, time.monotonic()
    headers = {"Accept": "text/event-stream"}
    while True:
        pause = None
        try:
            answer = transport.once("GET", path, query={"after": after}, headers=headers, timeout=SILENCE_SECONDS)
        except (UnreachableError, LimitError, ServiceError) as error:
            if time.monotonic() - answered > PATIENCE_SECONDS:
                raise
            pause = error.retry_after if isinstance(error, AnswerError) else None
        else:
            with answer:
                if answer.status == NO_MORE_EVENTS:
                    return
                for frame in _frames(answer):
                    failures = 0
                    after = frame["to"] if frame["type"] == "gap" else frame.get("seq", after)
                    yield frame
                    if frame["type"] in LAST_EVENTS:
                        return
            answered = time.monotonic()
        time.sleep(backoff(failures) if pause is None else pause)
        failures += 1


def _frames(answer: http.client.HTTPResponse) -> Iterator[Frame]:
    """The frames of one connection, until it ends, breaks or is silent. An event that did not arrive whole is not yielded."""
    data = ""
    while True:
        try:
            line = answer.readline()
        except BROKEN:
            return
        if not line:
            return
        text = line.decode().rstrip("\r\n")
        if text.startswith("data:"):
            data += text[5:]
        elif text == "" and data:
            yield json.loads(data)
            data = ""
