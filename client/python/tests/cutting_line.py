"""A TCP line to the service that breaks again and again."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import Tuple
from urllib.parse import urlsplit


class CuttingLine:
    """Each connection is reset once so many bytes of the answer have passed."""

    def __init__(self, url: str, bytes_per_connection: int) -> None:
        address = urlsplit(url)
        self._target: Tuple[str, int] = (address.hostname or "", address.port or 80)
        self._bytes = bytes_per_connection
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            service = socket.create_connection(self._target)
            threading.Thread(target=self._copy, args=(client, service), daemon=True).start()
            threading.Thread(target=self._cut, args=(service, client), daemon=True).start()

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(1 << 16):
                target.sendall(data)
        except OSError:
            pass

    def _cut(self, source: socket.socket, target: socket.socket) -> None:
        left = self._bytes
        try:
            while left > 0 and (data := source.recv(min(left, 1 << 16))):
                target.sendall(data)
                left -= len(data)
        except OSError:
            pass
        # A reset, which discards what the client has not read, instead of an orderly end.
        target.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", left <= 0, 0))
        for end in (source, target):
            # A socket is only closed once no thread waits for its bytes.
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RD)
            end.close()
