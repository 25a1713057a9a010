"""Server-sent events (WHATWG HTML, section 9.2) of one record, over as many connections as it takes."""

from __future__ import annotations

import http.client
import time
from typing import Any, Dict, Iterator

from .answers import json_object, unexpected
from .errors import AnswerError, LimitError, ServiceError, UnreachableError
from .retry import backoff
from .transport import BROKEN, Transport

Frame = Dict[str, Any]

SILENCE_SECONDS = 60.0
"""The service sends a heartbeat every 25 s. After two missed ones, the connection is made again."""
PATIENCE_SECONDS = 600.0
"""How long the service may be unreachable, for example during its restart."""
LONGEST_PAUSE_SECONDS = 300.0
"""A service that asks for more in Retry-After is asked again after this time."""
LARGEST_EVENT_BYTES = 64 << 20
"""Far more than any event of the service. Another server could send an event without end."""
NO_MORE_EVENTS = 204
LAST_EVENTS = ("succeeded", "failed", "cancelled")


def follow(transport: Transport, path: str, after: int) -> Iterator[Frame]:
    """
    The events with a seq greater than `after`, and progress frames between them, until the record has ended.

    Raises AnswerError if the service refuses, UnreachableError if it does not answer for ten minutes, and UnexpectedAnswerError if the
    answer is not a stream of events.
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
                if not answer.headers.get("Content-Type", "").startswith("text/event-stream"):
                    raise unexpected(f"The answer of {transport.url}{path} is not a stream of events.")
                for frame in _frames(answer):
                    failures = 0
                    after = frame["to"] if frame["type"] == "gap" else frame.get("seq", after)
                    yield frame
                    if frame["type"] in LAST_EVENTS:
                        return
            answered = time.monotonic()
        time.sleep(backoff(failures) if pause is None else min(pause, LONGEST_PAUSE_SECONDS))
        failures += 1


def _frames(answer: http.client.HTTPResponse) -> Iterator[Frame]:
    """The frames of one connection, until it ends, breaks or is silent. An event that did not arrive whole is not yielded."""
    data = bytearray()
    while True:
        try:
            line = answer.readline(LARGEST_EVENT_BYTES + 1)
        except BROKEN:
            return
        if len(line) + len(data) > LARGEST_EVENT_BYTES:
            raise unexpected("An event of the stream has more than 64 MiB.")
        if not line:
            return
        line = line.rstrip(b"\r\n")
        if line.startswith(b"data:"):
            data += line[5:]
        elif line == b"" and data:
            yield _frame(bytes(data))
            data.clear()


def _frame(data: bytes) -> Frame:
    frame = json_object(data, "A frame of the stream")
    kind = frame.get("type")
    seq = frame.get("to") if kind == "gap" else frame.get("seq", 0)
    if not isinstance(kind, str) or not isinstance(seq, int):
        raise unexpected("A frame of the stream is not one of the contract.")
    return frame
