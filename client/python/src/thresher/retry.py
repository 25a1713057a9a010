"""When a request is repeated, and after how long."""

from __future__ import annotations

import random
import time
from email.utils import parsedate_to_datetime
from typing import Callable, Optional, TypeVar

from .errors import AnswerError, UnreachableError

Result = TypeVar("Result")

FIRST_PAUSE_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0
"""A longer Retry-After is left to the caller."""
REFUSED = (429, 503)
"""The service did nothing, so every request may be repeated."""
UNKNOWN = (502, 504)
"""A proxy does not know whether the service did something."""


def with_retries(send: Callable[[], Result], retries: int, *, may_repeat: bool) -> Result:
    """
    Calls `send` until it succeeds, at most `retries` times more.

    may_repeat: whether a second request does no harm if the first one was served and only its answer was lost
    """
    for failures in range(retries):
        try:
            return send()
        except UnreachableError:
            if not may_repeat:
                raise
            pause = backoff(failures)
        except AnswerError as error:
            if error.status not in (REFUSED + UNKNOWN if may_repeat else REFUSED):
                raise
            pause = _pause_after(error, failures)
            if pause > LONGEST_WAIT_SECONDS:
                raise
        time.sleep(pause)
    return send()


def backoff(failures: int, most: float = 30.0) -> float:
    """Seconds to wait after the failure with this number, from 0: exponential, with jitter, so that clients do not return together."""
    return min(most, FIRST_PAUSE_SECONDS * 2.0**failures) * random.uniform(0.5, 1.0)


def _pause_after(error: AnswerError, failures: int) -> float:
    if error.retry_after is None:
        return backoff(failures)
    return error.retry_after + random.uniform(0, FIRST_PAUSE_SECONDS)


def seconds_of(retry_after: Optional[str]) -> Optional[float]:
    """The value of a Retry-After header, a number of seconds or a date (RFC 9110, section 10.2.3)."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
