"""One training job."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Union

from numpy.typing import ArrayLike, NDArray

from . import contract
from .answers import RECORD, fields_of
from .download import download
from .errors import JobFailed
from .follow import Frame, follow
from .pages import items_of
from .predict import Prediction, predict
from .series import LayerSeries, arrays_of, layer_series
from .submission import submitted
from .names import camel_keys
from .transport import Transport, segment

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Unpack

    from .artifact_query import ArtifactQuery, PointQuery

ENDED = ("succeeded", "failed", "cancelled")


class Job:
    """A job, as the service last described it in `record`. `refresh` reads it again."""

    def __init__(self, transport: Transport, record: contract.Job) -> None:
        self._transport = transport
        self.record: contract.Job = fields_of(record, RECORD)

    def __repr__(self) -> str:
        return f"<Job {self.id} {self.status}>"

    @property
    def id(self) -> str:
        return self.record["id"]

    @property
    def status(self) -> str:
        return self.record["status"]

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def spec(self) -> contract.TrainingSpec:
        """Every field of the job, defaults included. It is a valid request for the same job."""
        return self.record["spec"]

    @property
    def warnings(self) -> List[contract.JobWarnings]:
        return self.record["warnings"]

    def refresh(self) -> Job:
        self.record = self._transport.json("GET", self._path(), fields=RECORD)
        return self

    def frames(self, after: int = 0) -> Iterator[Frame]:
        """
        Every event after a seq, and `progress` frames between them, until the job has ended. A broken or silent connection is made
        again with the last seq. `{"type": "gap"}` stands for events that the service no longer has.
        """
        return follow(self._transport, self._path("/events"), after)

    def watch(self, *, check: bool = True) -> Iterator[contract.EpochMetrics]:
        """
        The metrics of every epoch from the first one on, until the job has ended. After a restart of the job, the epochs since its last
        checkpoint come again.

        check: raise JobFailed at the end if the job has failed
        """
        known: Dict[int, contract.EpochMetrics] = {}
        for frame in self.frames():
            if frame["type"] == "gap":
                known = {epoch["epoch"]: epoch for epoch in self._epochs()}
                yield from known.values()
            elif frame["type"] == "epoch":
                epoch: contract.EpochMetrics = fields_of(frame.get("data"), ("epoch",))
                if known.get(epoch["epoch"]) != epoch:
                    yield epoch
        self._end(check)

    def wait(self, *, check: bool = True) -> Job:
        """Returns once the job has ended. check: raise JobFailed if it has failed"""
        for _ in self.frames():
            pass
        return self._end(check)

    def _end(self, check: bool) -> Job:
        self.refresh()
        if check and self.status == "failed":
            raise JobFailed(fields_of(self.record, ("error",)))
        return self

    def cancel(self) -> Job:
        """Asks the job to end. It keeps its last checkpoint."""
        return self._act("cancel")

    def pause(self) -> Job:
        """Asks the job to stop after a checkpoint, until `resume`."""
        return self._act("pause")

    def resume(self) -> Job:
        return self._act("resume")

    def _act(self, action: str) -> Job:
        self.record = self._transport.json("POST", self._path(f"/{action}"), fields=RECORD, may_repeat=True)
        return self

    def clone(
        self, *, from_checkpoint: bool = False, idempotency_key: Optional[str] = None, **changes: Any
    ) -> Job:
        """
        Submits the spec of this job again.

        from_checkpoint: continue from the last checkpoint of this job, with the state of the optimizer
        changes: whole fields of the request in snake_case, which replace those of the spec
        """
        request = {**camel_keys(changes), **({"continue": True} if from_checkpoint else {})}
        return Job(self._transport, submitted(self._transport, self._path("/clone"), request, idempotency_key))

    def delete(self) -> None:
        """Deletes the job, which must have ended, and its files."""
        self._transport.json("DELETE", self._path())

    def metrics(self) -> Dict[str, NDArray[Any]]:
        """One array for each metric, by its name in the contract: `job.metrics()["validationAccuracy"]`."""
        return arrays_of(self._epochs())

    def _epochs(self) -> List[contract.EpochMetrics]:
        answer = self._transport.json("GET", self._path("/metrics"), fields=("data",))
        epochs: List[contract.EpochMetrics] = answer["data"]
        return epochs

    def layers(self) -> LayerSeries:
        """The non-zero weights of every variable after every epoch."""
        return layer_series(self._transport.json("GET", self._path("/layers"), fields=("layers", "epochs")))

    def tradeoff(self, checkpoint: Union[str, int, None] = None) -> List[contract.TradeoffPoint]:
        """The points of the newest trade-off: accuracy and size of the model at other sparsities."""
        query = {"checkpoint": checkpoint}
        answer = self._transport.json("GET", self._path("/tradeoff"), query=query, fields=("points",))
        points: List[contract.TradeoffPoint] = answer["points"]
        return points

    def checkpoints(self) -> Iterator[contract.KeptCheckpoint]:
        return items_of(self._transport, self._path("/checkpoints"), {})

    def artifacts(self) -> Iterator[contract.ManifestEntry]:
        """Every file that the job can have, with size and digest if it exists."""
        return items_of(self._transport, self._path("/artifacts"), {})

    def download(
        self, name: str, path: Union[str, os.PathLike[str], None] = None, **query: Unpack[ArtifactQuery]
    ) -> Path:
        """
        Downloads a file of the job and verifies it. An interrupted download is continued by the next call.

            job.download("model.sparse.safetensors", "digits.safetensors", sparsity=0.95)

        path: by default the name of the artifact in the current folder
        """
        route = self._path(f"/artifacts/{segment(name)}")
        return download(self._transport, route, camel_keys(query), name, path)

    def predict(self, inputs: ArrayLike, **query: Unpack[PointQuery]) -> Prediction:
        """Predictions of the service with the model of this job, for examples with the values of the dataset."""
        return predict(self._transport, self._path("/predict"), camel_keys(query), inputs)

    def _path(self, rest: str = "") -> str:
        return f"/v1/jobs/{segment(self.id)}{rest}"
