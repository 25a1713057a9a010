"""A test with stubs of the service."""

from __future__ import annotations

import unittest
from typing import Any, Dict
from unittest import mock

from stub_server import Answer, StubServer

JOB: Dict[str, Any] = {"id": "job_1", "status": "queued", "spec": {}, "warnings": []}


class FaultTest(unittest.TestCase):
    def setUp(self) -> None:
        patch = mock.patch("thresher.retry.FIRST_PAUSE_SECONDS", 0.01)
        patch.start()
        self.addCleanup(patch.stop)

    def serve(self, *answers: Answer, **options: Any) -> StubServer:
        server = StubServer(*answers, **options)
        self.addCleanup(server.stop)
        return server
