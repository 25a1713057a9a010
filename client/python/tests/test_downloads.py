"""Downloads from a service that drops, truncates and sends other files."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import thresher
from fault_test import JOB, FaultTest
from stub_server import Answer, Handler, StubServer, problem, send, send_json
from thresher.transport import Transport


class Downloads(FaultTest):
    content = bytes(range(256)) * 4_000

    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "model"
        self.sha256 = hashlib.sha256(self.content).hexdigest()
        self.part = self.path.with_name(f"model.{self.sha256}.part")

    def download(self, *answers: Answer) -> StubServer:
        server = self.serve(send_json(200, JOB), *answers)
        job = thresher.Client(server.url).job("job_1")
        self.assertEqual(job.download("model.keras", self.path, sparsity=0.9), self.path)
        return server

    def whole(self, received: int) -> Answer:
        """The file, of which so many bytes arrive."""
        digest = _digest(self.content)
        return send(200, self.content[:received], len(self.content), Repr_Digest=digest)

    def rest(self, start: int) -> Answer:
        size = len(self.content)
        span = f"bytes {start}-{size - 1}/{size}"
        return send(206, self.content[start:], Content_Range=span, Repr_Digest=_digest(self.content))

    def test_a_truncated_file_is_continued_and_verified(self) -> None:
        server = self.download(self.whole(300_000), self.rest(300_000))
        self.assertEqual(self.path.read_bytes(), self.content)
        self.assertEqual([path.name for path in self.path.parent.iterdir()], ["model"])
        again = server.seen[-1]
        self.assertEqual(again.headers["range"], "bytes=300000-")
        self.assertEqual(again.headers["if-range"], f'"sha256-{self.sha256}"')
        self.assertEqual(again.query, {"sparsity": ["0.9"]})

    def test_the_rest_of_an_earlier_call_is_continued(self) -> None:
        self.part.write_bytes(self.content[:-10])
        self.download(self.rest(len(self.content) - 10))
        self.assertEqual(self.path.read_bytes(), self.content)

    def test_a_file_that_changed_is_received_from_its_beginning(self) -> None:
        old = self.path.with_name(f"model.{64 * '0'}.part")
        old.write_bytes(b"old bytes")
        self.download(self.whole(len(self.content)))
        self.assertEqual(self.path.read_bytes(), self.content)
        self.assertFalse(old.exists())

    def test_a_complete_file_only_has_to_be_verified(self) -> None:
        self.part.write_bytes(self.content)
        self.download(problem(416, "range_not_satisfiable"))
        self.assertEqual(self.path.read_bytes(), self.content)

    def test_bytes_that_do_not_match_the_digest_never_get_the_name(self) -> None:
        with self.assertRaises(thresher.DownloadError):
            self.download(send(200, b"other bytes", Repr_Digest=_digest(self.content)))
        self.assertEqual(list(self.path.parent.iterdir()), [])

    def test_two_downloads_to_the_same_path_at_once_both_succeed(self) -> None:
        both = threading.Barrier(2)
        size = len(self.content)

        def half(handler: Handler) -> None:
            self.whole(size // 2)(handler)
            both.wait(10)

        server = self.serve(half, half, self.rest(size // 2), self.rest(size // 2))
        job = thresher.Job(Transport(server.url, None, 10, 0), cast(Any, JOB))
        with ThreadPoolExecutor() as pool:
            paths = list(pool.map(lambda _: job.download("model.keras", self.path), range(2)))
        self.assertEqual(paths, [self.path, self.path])
        self.assertEqual(self.path.read_bytes(), self.content)
        self.assertEqual([path.name for path in self.path.parent.iterdir()], ["model"])

    def test_the_second_of_two_killed_downloads_is_continued(self) -> None:
        self.path.with_name(f"model.{self.sha256}.1.part").write_bytes(self.content[:-10])
        self.download(self.rest(len(self.content) - 10))
        self.assertEqual([path.name for path in self.path.parent.iterdir()], ["model"])

    def test_a_path_that_ends_with_a_separator_is_a_new_folder(self) -> None:
        server = self.serve(send_json(200, JOB), self.whole(len(self.content)))
        path = thresher.Client(server.url).job("job_1").download("model.keras", f"{self.path.parent}/new/models/")
        self.assertEqual(path, self.path.parent / "new" / "models" / "model.keras")
        self.assertEqual(path.read_bytes(), self.content)

    def test_the_name_is_that_of_the_artifact_in_a_folder(self) -> None:
        server = self.serve(send_json(200, JOB), self.whole(len(self.content)))
        path = thresher.Client(server.url).job("job_1").download("model.keras", self.path.parent)
        self.assertEqual(path, self.path.parent / "model.keras")

    def test_links_with_the_name_of_a_partial_file_are_not_followed(self) -> None:
        elsewhere = self.path.with_name("elsewhere")
        for link in (os.symlink, os.link):
            elsewhere.write_bytes(b"precious")
            link(elsewhere, self.part)
            self.download(self.whole(len(self.content)))
            self.assertEqual(elsewhere.read_bytes(), b"precious")
            self.assertEqual(self.path.read_bytes(), self.content)
            self.assertFalse(self.path.is_symlink())

    def test_the_name_of_an_artifact_never_leads_out_of_the_folder(self) -> None:
        server = self.serve(send_json(200, JOB))
        job = thresher.Client(server.url).job("job_1")
        for name in ("../x", "/tmp/x", "..", "a\\b", ""):
            for folder in (None, self.path.parent):
                with self.assertRaisesRegex(thresher.ArgumentError, "is not the name of a file"):
                    job.download(name, folder)
        self.assertEqual(len(server.seen), 1)


def _digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


if __name__ == "__main__":
    unittest.main()
