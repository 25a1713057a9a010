"""Searches over hyperparameters."""

from __future__ import annotations

import time
from typing import Any, Iterator, Mapping, Optional

from . import contract
from .answers import RECORD
from .names import camel_keys
from .pages import items_of
from .submission import submitted
from .transport import Transport, segment

POLL_SECONDS = 2.0
ENDED = ("finished", "cancelled")


class Sweeps:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        base: Mapping[str, Any],
        search: Mapping[str, Any],
        *,
        idempotency_key: Optional[str] = None,
        **fields: Any,
    ) -> contract.Sweep:
        """
        Starts a sweep.

            client.sweeps.create(
                {"model": {"preset": "mnist-mlp"}, "epochs": 3},
                {"method": "grid"},
                space={"target.sparsity": [0.8, 0.9, 0.95]},
                objective={"maximize": "validationAccuracy"},
            )

        base: the fields that all trials share, as in a request for a job
        fields: other fields of the request in snake_case
        """
        request = {"base": base, "search": search, **camel_keys(fields)}
        sweep: contract.Sweep = submitted(self._transport, "/v1/sweeps", request, idempotency_key)
        return sweep

    def wait(self, sweep_id: str) -> contract.Sweep:
        """Returns the sweep once it has ended, with its trials, the best one and the Pareto front."""
        while True:
            sweep = self.get(sweep_id)
            if sweep["status"] in ENDED:
                return sweep
            time.sleep(POLL_SECONDS)

    def get(self, sweep_id: str) -> contract.Sweep:
        sweep: contract.Sweep = self._transport.json("GET", _path(sweep_id), fields=RECORD)
        return sweep

    def list(self, **query: Any) -> Iterator[contract.ListedSweep]:
        return items_of(self._transport, "/v1/sweeps", camel_keys(query))

    def cancel(self, sweep_id: str) -> contract.Sweep:
        """Cancels the unfinished trials."""
        sweep: contract.Sweep = self._transport.json("POST", _path(sweep_id, "/cancel"), may_repeat=True)
        return sweep


def _path(sweep_id: str, rest: str = "") -> str:
    return f"/v1/sweeps/{segment(sweep_id)}{rest}"
