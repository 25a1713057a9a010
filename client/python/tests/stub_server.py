"""A server that answers as a test says, and remembers the requests."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, NamedTuple, Optional
from urllib.parse import parse_qs, urlsplit


class Seen(NamedTuple):
    method: str
    path: str
    query: Dict[str, List[str]]
    headers: Dict[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StubServer

    def answer(self) -> None:
        self.close_connection = True
        url = urlsplit(self.path)
        body = b""
        if not self.server.ignores_bodies:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append(Seen(self.command, url.path, parse_qs(url.query), headers, body))
        self.server.answers.pop(0)(self)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *_: Any) -> None:
        pass


Answer = Callable[[Handler], None]


class StubServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *answers: Answer, port: int = 0, ignores_bodies: bool = False) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.answers = list(answers)
        self.seen: List[Seen] = []
        self.ignores_bodies = ignores_bodies
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, *_: Any) -> None:
        """A client that leaves is part of the tests."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


def send(status: int, content: bytes, claims: Optional[int] = None, /, **headers: str) -> Answer:
    """An answer with these bytes. claims: the Content-Length, if it is not their number"""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content) if claims is None else claims))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def send_json(status: int, value: Any, **headers: str) -> Answer:
    return send(status, json.dumps(value).encode(), None, **headers)


def problem(status: int, code: str, **headers: str) -> Answer:
    body = {"status": status, "code": code, "detail": "The stub refuses.", "errors": []}
    return send_json(status, body, **headers)


def hang_up(handler: Handler) -> None:
    """No answer at all."""
    handler.connection.close()


def stream(*texts: str, then: Callable[[], Any] = lambda: None) -> Answer:
    """Server-sent events, and the end of the connection after `then` has returned."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for text in texts:
            handler.wfile.write(text.encode())
        handler.wfile.flush()
        then()

    return answer


def event(seq: int, kind: str, data: Any = None) -> str:
    frame = {"seq": seq, "type": kind, "data": data or {}}
    return f"id: {seq}\nevent: {kind}\ndata: {json.dumps(frame)}\n\n"
