"""Models: registered from jobs, or uploaded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Optional, Union

from numpy.typing import ArrayLike

from . import contract
from .download import download
from .job import Job
from .multipart import form
from .names import camel_keys
from .pages import items_of
from .predict import Prediction, predict
from .submission import submitted
from .transport import Transport, segment

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .artifact_query import ArtifactQuery, PointQuery

AnyPath = Union[str, "os.PathLike[str]"]


class Models:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def register(
        self,
        name: str,
        job: Union[Job, str],
        *,
        checkpoint: Union[str, int, None] = None,
        idempotency_key: Optional[str] = None,
    ) -> contract.Model:
        """Makes the model of a job, which has ended or is paused, the next version of `name`."""
        job_id = job.id if isinstance(job, Job) else job
        body = camel_keys({"name": name, "job_id": job_id, "checkpoint": checkpoint})
        model: contract.Model = submitted(self._transport, "/v1/models", body, idempotency_key)
        return model

    def upload(
        self,
        name: str,
        *files: AnyPath,
        state: Optional[AnyPath] = None,
        preset: Optional[str] = None,
        topology: Optional[Mapping[str, Any]] = None,
        classes: Optional[int] = None,
    ) -> contract.Model:
        """
        Uploads a network, its weights, or both: `.keras`, `.h5`, `.safetensors`, `model.json` of Keras or TensorFlow.js.

        state: of the gRDA optimizer, to continue its run
        preset, topology: the network of a file that contains weights only
        """
        spec = camel_keys({"name": name, "preset": preset, "topology": topology, "classes": classes})
        parts = [("file", Path(file)) for file in files] + ([("state", Path(state))] if state else [])
        model: contract.Model = self._transport.json("POST", "/v1/models", form(spec, parts))
        return model

    def get(self, model_id: str) -> contract.Model:
        """An upload, a preset, a version (`digits@3`), or the newest version of a name (`digits`)."""
        model: contract.Model = self._transport.json("GET", _path(model_id))
        return model

    def list(self, *, name: Optional[str] = None) -> Iterator[contract.Model]:
        """Uploads and registered models, newest first, then presets. name: a prefix"""
        return items_of(self._transport, "/v1/models", {"name": name})

    def delete(self, model_id: str) -> None:
        self._transport.json("DELETE", _path(model_id))

    def predict(self, model_id: str, inputs: ArrayLike, **query: Unpack[PointQuery]) -> Prediction:
        """Predictions of the service with a registered model."""
        return predict(self._transport, _path(model_id, "/predict"), camel_keys(query), inputs)

    def artifacts(self, model_id: str) -> Iterator[contract.ManifestEntry]:
        return items_of(self._transport, _path(model_id, "/artifacts"), {})

    def download(
        self, model_id: str, name: str, path: Optional[AnyPath] = None, **query: Unpack[ArtifactQuery]
    ) -> Path:
        """Downloads a file of a registered model, as `Job.download` does."""
        route = _path(model_id, f"/artifacts/{segment(name)}")
        return download(self._transport, route, camel_keys(query), name, path)


def _path(model_id: str, rest: str = "") -> str:
    return f"/v1/models/{segment(model_id)}{rest}"
