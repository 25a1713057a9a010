"""Analyses of finished jobs: trade-offs, evaluations, connectivity and others."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Optional, Sequence, Union

from . import contract
from .answers import RECORD, fields_of
from .download import download
from .errors import JobFailed
from .follow import follow
from .job import Job
from .names import camel_keys
from .pages import items_of
from .submission import submitted
from .transport import Transport, segment

if TYPE_CHECKING:
    from pathlib import Path


class Analyses:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        kind: str,
        jobs: Sequence[Union[Job, str, Mapping[str, Any]]],
        *,
        idempotency_key: Optional[str] = None,
        **options: Any,
    ) -> contract.Analysis:
        """
        Starts an analysis.

            client.analyses.wait(client.analyses.create("tradeoff", [job], levels=[0.965, 0.985]))

        options: of the kind, in snake_case
        """
        ids = [job.id if isinstance(job, Job) else job for job in jobs]
        request = {"kind": kind, "jobs": ids, **camel_keys(options)}
        analysis: contract.Analysis = submitted(self._transport, "/v1/analyses", request, idempotency_key)
        return analysis

    def wait(self, analysis: Union[str, Mapping[str, Any]], *, check: bool = True) -> contract.Analysis:
        """Returns the analysis once it has ended. check: raise JobFailed if it has failed"""
        analysis_id = analysis if isinstance(analysis, str) else analysis["id"]
        for _ in follow(self._transport, _path(analysis_id, "/events"), 0):
            pass
        ended = self.get(analysis_id)
        if check and ended["status"] == "failed":
            raise JobFailed(fields_of(ended, ("error",)))
        return ended

    def get(self, analysis_id: str) -> contract.Analysis:
        analysis: contract.Analysis = self._transport.json("GET", _path(analysis_id), fields=RECORD)
        return analysis

    def list(self, **query: Any) -> Iterator[contract.ListedAnalysis]:
        """Analyses, newest first. query: filters in snake_case, for example `kind` and `job_id`"""
        return items_of(self._transport, "/v1/analyses", camel_keys(query))

    def cancel(self, analysis_id: str) -> contract.Analysis:
        analysis: contract.Analysis = self._transport.json("POST", _path(analysis_id, "/cancel"), may_repeat=True)
        return analysis

    def delete(self, analysis_id: str) -> None:
        self._transport.json("DELETE", _path(analysis_id))

    def download(self, analysis_id: str, name: str, path: Union[str, os.PathLike[str], None] = None) -> Path:
        route = _path(analysis_id, f"/artifacts/{segment(name)}")
        return download(self._transport, route, {}, name, path)


def _path(analysis_id: str, rest: str = "") -> str:
    return f"/v1/analyses/{segment(analysis_id)}{rest}"
