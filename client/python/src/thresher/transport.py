"""Sends requests, repeats those that may be repeated, and converts errors."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, TypeVar

from .address import valid_address, valid_headers, valid_key, valid_path
from .answers import fields_of, json_object, problem_of, unexpected
from .errors import UnreachableError, error_of
from .http_opener import opener
from .retry import seconds_of, with_retries
from .to_json import plain, to_json

Result = TypeVar("Result")

BROKEN = (OSError, http.client.HTTPException)
"""What a broken connection raises."""
SAFE = ("GET", "HEAD", "DELETE", "PUT")
"""Methods that may be repeated (RFC 9110, section 9.2.2)."""
NO_CONTENT = 204
LARGEST_JSON_BYTES = 64 << 20
"""Far more than any answer of the service. Another server could send bytes without end."""


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
        self.url = valid_address(url)
        self.timeout = timeout
        self.retries = retries
        self._key = valid_key(key)
        self._opener = opener()

    def json(self, method: str, path: str, body: Any = None, fields: Sequence[str] = (), **options: Any) -> Any:
        """
        The JSON object of the answer; None if the service has nothing to say (204), as after DELETE. `body` is JSON, or a Body.

        fields: what the object must have
        """

        def send() -> Any:
            with self._send(method, path, body, **options) as answer:
                if answer.status == NO_CONTENT:
                    return fields_of(None, fields)
                if method == "DELETE":
                    raise unexpected(f"{self.url}{path} answered {answer.status} to DELETE, not 204.")
                try:
                    content = answer.read(LARGEST_JSON_BYTES + 1)
                    if answer.length and len(content) <= LARGEST_JSON_BYTES:
                        raise http.client.IncompleteRead(content, answer.length)
                except BROKEN as error:
                    raise self._unreachable(error) from error
            if len(content) > LARGEST_JSON_BYTES:
                raise unexpected(f"The answer of {self.url}{path} has more than 64 MiB.")
            return fields_of(json_object(content, f"The answer of {self.url}{path}"), fields)

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
        url = self.url + valid_path(path) + encode_query(query)
        if body is not None and not isinstance(body, Body):
            body = json_body(body)
        sent = {"Accept": "application/json", **valid_headers(headers or {})}
        if self._key:
            sent["Authorization"] = f"Bearer {self._key}"
        if body is not None:
            sent.update({"Content-Type": body.content_type, "Content-Length": str(body.size_bytes)})
        request = urllib.request.Request(
            url,
            method=method,
            headers=sent,
            data=None if body is None else body.chunks(),
        )
        try:
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=timeout or self.timeout)
            return answer
        except urllib.error.HTTPError as error:
            with error:
                raise error_of(problem_of(error, url), seconds_of(error.headers.get("Retry-After"))) from None
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

