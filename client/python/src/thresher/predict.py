"""Predictions of the service, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import ArgumentError
from .transport import Transport

EXAMPLES = 256
"""The most examples of one request."""
FIELDS = ("outputs", "outputNames")
BODY_BYTES = 15_000_000
NUMBER_BYTES = 24
"""The longest text of a float64 in JSON, with its comma."""


@dataclass(frozen=True)
class Prediction:
    outputs: NDArray[np.float32]
    """[examples, outputs]"""
    output_names: List[str]
    """The meaning of each column: a class or a target."""
    classes: Optional[NDArray[np.int64]]
    """The predicted class of each example, -1 if an output is not finite; None if the dataset has no classes."""
    labels: Optional[List[Optional[str]]]
    """The names of these classes."""


def predict(transport: Transport, path: str, query: Mapping[str, Any], inputs: ArrayLike) -> Prediction:
    """
    inputs: examples with the values of the dataset (bytes of images from 0 to 255), in its shape. More than 256 are sent in several requests.
    """
    try:
        x = np.asarray(inputs)
    except ValueError as error:
        raise ArgumentError(f"inputs must be an array of examples of equal shape: {error}") from None
    if x.ndim == 0 or len(x) == 0:
        raise ArgumentError("inputs must be an array of examples, with at least one example")
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        place = ".".join(map(str, np.argwhere(~np.isfinite(x))[0]))
        raise ArgumentError(f"inputs.{place}: must be a finite number")
    size = max(1, min(EXAMPLES, BODY_BYTES // (NUMBER_BYTES * max(1, x[0].size))))
    options: Dict[str, Any] = {"query": query, "may_repeat": True, "fields": FIELDS}
    answers: List[Dict[str, Any]] = [
        transport.json("POST", path, {"inputs": x[start : start + size].tolist()}, **options)
        for start in range(0, len(x), size)
    ]
    # Numbers that are not finite are the strings NaN, Infinity and -Infinity, which float() reads.
    outputs = np.array([[float(v) for v in row] for answer in answers for row in answer["outputs"]], np.float32)
    names: List[str] = answers[0]["outputNames"]
    if "predictions" not in answers[0]:
        return Prediction(outputs, names, None, None)
    found = [prediction for answer in answers for prediction in answer["predictions"]]
    classes = np.array([-1 if p["class"] is None else p["class"] for p in found], np.int64)
    return Prediction(outputs, names, classes, [p["label"] for p in found])
