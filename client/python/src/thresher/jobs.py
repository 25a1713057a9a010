"""Training jobs: submitting, planning, listing."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional

from . import contract
from .errors import ArgumentError
from .job import Job
from .names import camel_keys
from .pages import items_of
from .submission import submitted
from .transport import Transport, segment


class Jobs:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        spec: Optional[Mapping[str, Any]] = None,
        *,
        preset: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        **fields: Any,
    ) -> Job:
        """
        Submits a job.

            client.jobs.create(preset="mnist-mlp", target={"sparsity": 0.95}, epochs=10, batch_size=128)

        spec: the request as the contract has it, for example `spec` of another job
        preset: the model, by name; the same as `model={"preset": ...}`
        idempotency_key: by default a random one, for the repetitions of this call
        fields: fields of the request in snake_case, which replace those of `spec`; their values are those of the contract
        """
        request = job_request(spec, preset, fields)
        return Job(self._transport, submitted(self._transport, "/v1/jobs", request, idempotency_key))

    def plan(
        self,
        spec: Optional[Mapping[str, Any]] = None,
        *,
        preset: Optional[str] = None,
        for_sparsity: Optional[float] = None,
        **fields: Any,
    ) -> contract.DryRun:
        """
        What `create` would run: the whole spec, sizes, a forecast and warnings. Nothing is stored.

        for_sparsity: recommends a scale c of the threshold for this sparsity
        """
        query = {"dryRun": True, "sparsity": for_sparsity}
        request = job_request(spec, preset, fields)
        plan: contract.DryRun = self._transport.json("POST", "/v1/jobs", request, query=query, may_repeat=True)
        return plan

    def get(self, job_id: str) -> Job:
        return Job(self._transport, self._transport.json("GET", f"/v1/jobs/{segment(job_id)}"))

    def list(
        self,
        *,
        status: Optional[List[str]] = None,
        labels: Optional[Mapping[str, str]] = None,
        **query: Any,
    ) -> Iterator[Job]:
        """Jobs, newest first. query: filters and order in snake_case, for example `name`, `dataset_id`, `preset`, `sort`, `created_after`."""
        by_label = {f"label.{key}": value for key, value in (labels or {}).items()}
        selection = {"status": status, **camel_keys(query), **by_label}
        for record in items_of(self._transport, "/v1/jobs", selection):
            yield Job(self._transport, record)


def job_request(
    spec: Optional[Mapping[str, Any]], preset: Optional[str], fields: Mapping[str, Any]
) -> Dict[str, Any]:
    request = {**(spec or {}), **camel_keys(fields)}
    if preset is not None:
        if "model" in fields:
            raise ArgumentError("give preset or model, not both")
        request["model"] = {"preset": preset}
    return request
