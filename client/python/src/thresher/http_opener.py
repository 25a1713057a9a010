"""urllib with two changes: no redirects, and answers that arrive before the whole body was sent."""

from __future__ import annotations

import http.client
import urllib.request
from typing import Any, Optional


class _EarlyAnswers:
    """The service may refuse an upload before it has read all of it. Its answer is then in the socket, although sending failed."""

    sock: Any

    def request(self, *args: Any, **options: Any) -> None:
        try:
            super().request(*args, **options)  # type: ignore[misc]
        except (BrokenPipeError, ConnectionResetError):
            if self.sock is None:
                raise


class _Connection(_EarlyAnswers, http.client.HTTPConnection):
    pass


class _SecureConnection(_EarlyAnswers, http.client.HTTPSConnection):
    pass


class _Http(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, request)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, request)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would send the key to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> Optional[urllib.request.Request]:
        return None


def opener() -> urllib.request.OpenerDirector:
    """Uses the proxies of the environment, as every program with urllib does."""
    return urllib.request.build_opener(_Http, _Https, _NoRedirects)
