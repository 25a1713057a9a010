"""Datasets, from arrays and from files."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any, Iterator, Optional, Sequence, Union

import numpy as np
from numpy.typing import ArrayLike

from . import contract
from .answers import RECORD
from .errors import ArgumentError, InvalidRequestError
from .multipart import form
from .names import camel_keys
from .pages import items_of
from .transport import Transport, segment

FIRST_POLL_SECONDS = 0.5
LONGEST_POLL_SECONDS = 10.0


class Datasets:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        name: str,
        x_train: ArrayLike,
        y_train: ArrayLike,
        x_test: Optional[ArrayLike] = None,
        y_test: Optional[ArrayLike] = None,
        *,
        classes: Optional[Sequence[str]] = None,
        labels: Optional[str] = None,
    ) -> contract.Dataset:
        """
        Uploads arrays, and returns the dataset once the service has validated it.

        x: uint8 images [examples, height, width, channels], or numbers of any shape
        y: integers or strings for classes, floats for targets
        classes: names of the classes
        labels: "classes" or "targets", if the type of y does not say it
        Raises InvalidRequestError if the arrays are not a dataset
        """
        arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
        found = {key: _array(key, value) for key, value in arrays.items() if value is not None}
        if (x_test is None) != (y_test is None):
            raise ArgumentError("give both x_test and y_test, or neither")
        with tempfile.TemporaryDirectory(prefix="thresher-") as folder:
            path = Path(folder) / "arrays.npz"
            # mypy takes the names of the arrays for an option of savez.
            np.savez(path, **found)  # type: ignore[arg-type,unused-ignore]
            return self.upload(name, path, format="npz", classes=classes, labels=labels)

    def upload(
        self, name: str, *files: Union[str, os.PathLike[str]], format: str, wait: bool = True, **options: Any
    ) -> contract.Dataset:
        """
        Uploads files.

            client.datasets.upload("flowers", "iris.csv", format="csv", label="species")

        format: npz, npy, idx, csv, parquet, cifar, imageFolder or tfrecord
        wait: until the service has validated the files; otherwise the dataset may still be `validating`
        options: of the format, in snake_case
        Raises InvalidRequestError, with file, row and column, if the files are not a dataset
        """
        spec = {"name": name, "format": format, **camel_keys(options)}
        body = form(spec, [("file", Path(file)) for file in files])
        dataset: contract.Dataset = self._transport.json("POST", "/v1/datasets", body, fields=RECORD)
        return self._validated(dataset) if wait else dataset

    def _validated(self, dataset: contract.Dataset) -> contract.Dataset:
        pause = FIRST_POLL_SECONDS
        while dataset["status"] == "validating":
            time.sleep(pause)
            pause = min(LONGEST_POLL_SECONDS, pause * 1.5)
            dataset = self.get(dataset["id"])
        if dataset["status"] == "invalid":
            # The answer that the upload gets if the validation ends before it.
            problem = {"status": 422, "code": "invalid_dataset", "detail": dataset.get("error", "")}
            raise InvalidRequestError({**problem, "errors": [], "datasetId": dataset["id"]})
        return dataset

    def get(self, dataset_id: str) -> contract.Dataset:
        dataset: contract.Dataset = self._transport.json("GET", f"/v1/datasets/{segment(dataset_id)}", fields=RECORD)
        return dataset

    def list(self, *, name: Optional[str] = None) -> Iterator[contract.Dataset]:
        """Uploaded datasets, newest first, then the built-in ones. name: a prefix"""
        return items_of(self._transport, "/v1/datasets", {"name": name})

    def delete(self, dataset_id: str) -> None:
        self._transport.json("DELETE", f"/v1/datasets/{segment(dataset_id)}")


def _array(name: str, value: ArrayLike) -> Any:
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ArgumentError(f"{name} must be an array with rows of equal length: {error}") from None
    if array.dtype == object:
        raise ArgumentError(f"{name} has the type object; use numbers, or str for labels, and rows of equal length")
    return array
