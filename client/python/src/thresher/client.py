"""The client of one service."""

from __future__ import annotations

import os
from typing import Any, Iterator, Mapping, Optional

from . import contract
from .analyses import Analyses
from .datasets import Datasets
from .job import Job
from .jobs import Jobs
from .models import Models
from .pages import items_of
from .sweeps import Sweeps
from .transport import Transport

DEFAULT_URL = "http://127.0.0.1:3000"


class Client:
    """
    A client of one service.

        client = thresher.Client("https://thresher.example", key="thr_...")
        job = client.submit(preset="mnist-mlp", target={"sparsity": 0.95})
        for epoch in job.watch():
            print(epoch["epoch"], epoch["validationAccuracy"], epoch["sparsity"])

    url: by default the environment variable THRESHER_URL, or the address of a service on this machine
    key: by default THRESHER_KEY; a service without keys needs none
    timeout: seconds until a connection that is silent counts as broken; a large artifact takes that long to be made
    retries: how often a request is repeated after a lost connection or an answer 429, 502, 503 or 504
    """

    def __init__(
        self,
        url: Optional[str] = None,
        key: Optional[str] = None,
        *,
        timeout: float = 300.0,
        retries: int = 2,
    ) -> None:
        address = url or os.environ.get("THRESHER_URL") or DEFAULT_URL
        self._transport = Transport(address, key or os.environ.get("THRESHER_KEY"), timeout, retries)
        self.jobs = Jobs(self._transport)
        self.datasets = Datasets(self._transport)
        self.models = Models(self._transport)
        self.analyses = Analyses(self._transport)
        self.sweeps = Sweeps(self._transport)

    @property
    def url(self) -> str:
        return self._transport.url

    def submit(self, spec: Optional[Mapping[str, Any]] = None, **fields: Any) -> Job:
        """Submits a job; the same as `jobs.create`."""
        return self.jobs.create(spec, **fields)

    def plan(self, spec: Optional[Mapping[str, Any]] = None, **fields: Any) -> contract.DryRun:
        """What `submit` would run, without running it; the same as `jobs.plan`."""
        return self.jobs.plan(spec, **fields)

    def job(self, job_id: str) -> Job:
        """The job with an id; the same as `jobs.get`."""
        return self.jobs.get(job_id)

    def workers(self) -> Iterator[contract.Worker]:
        """The workers that are alive, their engines and devices."""
        return items_of(self._transport, "/v1/workers", {})

    def request(self, method: str, path: str, body: Any = None, query: Optional[Mapping[str, Any]] = None) -> Any:
        """The JSON answer of any other operation of the contract, for example `request("GET", "/v1/usage")`."""
        return self._transport.json(method, path, body, query=query)
