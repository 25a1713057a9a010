"""Sends requests, repeats those that may be repeated, and converts errors."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Tuple, TypeVar

from .errors import Problem, UnreachableError, error_of
from .http_opener import opener
from .retry import seconds_of, with_retries
from .to_json import plain, to_json

Result = TypeVar("Result")

BROKEN = (OSError, http.client.HTTPException)
"""What a broken connection raises."""
SAFE = ("GET", "HEAD", "DELETE", "PUT")
"""Methods that may be repeated (RFC 9110, section 9.2.2)."""


@dataclass(frozen=True)
class Body:
    """A body that can be sent again: `chunks` starts from the beginning."""

    content_type: str
    size_bytes: int
    chunks: Callable[[], Iterable[bytes]]


def json_body(value: Any) -> Body:
    content = to_json(value)
    return Body("application/json", len(content), lambda: [content])


class Transport:
    def __init__(self, url: str, key: Optional[str], timeout: float, retries: int) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"url must start with http:// or https://, and is {url!r}")
        self.url = url.rstrip("/")
        self.timeout = timeout
        self.retries = retries
        self._key = key
        self._opener = opener()

    def json(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The parsed body of the answer; None if it is empty. `body` is JSON, or a Body."""

        def send() -> Any:
            with self._send(method, path, body, **options) as answer:
                try:
                    content = answer.read()
                except BROKEN as error:
                    raise self._unreachable(error) from error
            return json.loads(content) if content else None

        return self._repeated(send, method, options)

    def open(self, method: str, path: str, body: Any = None, **options: Any) -> http.client.HTTPResponse:
        """The answer, whose body is not read yet."""
        return self._repeated(lambda: self._send(method, path, body, **options), method, options)

    def once(self, method: str, path: str, **options: Any) -> http.client.HTTPResponse:
        """As `open`, for a caller that repeats requests by itself."""
        return self._send(method, path, None, **options)

    def _repeated(self, send: Callable[[], Result], method: str, options: Dict[str, Any]) -> Result:
        may_repeat = options.pop("may_repeat", method in SAFE)
        return with_retries(send, self.retries, may_repeat=may_repeat)

    def _send(
        self,
        method: str,
        path: str,
        body: Any,
        query: Optional[Mapping[str, Any]] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = None,
    ) -> http.client.HTTPResponse:
        if body is not None and not isinstance(body, Body):
            body = json_body(body)
        sent = {"Accept": "application/json", **(headers or {})}
        if self._key:
            sent["Authorization"] = f"Bearer {self._key}"
        if body is not None:
            sent.update({"Content-Type": body.content_type, "Content-Length": str(body.size_bytes)})
        request = urllib.request.Request(
            self.url + path + encode_query(query),
            method=method,
            headers=sent,
            data=None if body is None else body.chunks(),
        )
        try:
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=timeout or self.timeout)
            return answer
        except urllib.error.HTTPError as error:
            with error:
                raise error_of(_problem(error), seconds_of(error.headers.get("Retry-After"))) from None
        except BROKEN as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: BaseException) -> UnreachableError:
        reason = getattr(error, "reason", None) or error
        return UnreachableError(f"{self.url} does not answer: {reason}")


def segment(value: str) -> str:
    """A value as one segment of a path."""
    return urllib.parse.quote(value, safe="@")


def encode_query(query: Optional[Mapping[str, Any]]) -> str:
    pairs: List[Tuple[str, str]] = []
    for name, value in (query or {}).items():
        value = plain(value)
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is not None:
                pairs.append((name, str(one).lower() if isinstance(one, bool) else str(one)))
    return f"?{urllib.parse.urlencode(pairs)}" if pairs else ""


def _problem(answer: urllib.error.HTTPError) -> Problem:
    """The body of an error, or what the status line says if a proxy sent another body."""
    try:
        problem = json.loads(answer.read())
        if isinstance(problem, dict) and "code" in problem and "detail" in problem:
            return {**problem, "status": answer.code}
    except (ValueError, *BROKEN):
        pass
    detail = f"The service answered {answer.code} {answer.reason}."
    return {"status": answer.code, "code": "unknown", "detail": detail, "errors": []}
