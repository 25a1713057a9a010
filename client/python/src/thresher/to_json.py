"""Values of a request as JSON."""

from __future__ import annotations

import json
import math
from typing import Any, Iterator, Tuple

import numpy as np

from .errors import ArgumentError

DEEPEST = 100


def to_json(value: Any) -> bytes:
    """
    JSON of dictionaries, lists, text, numbers and None, also of scalars and arrays of NumPy or another library.
    Raises ArgumentError with the path of the first value that JSON does not have
    """
    try:
        return json.dumps(value, allow_nan=False, default=_plain_or_error).encode()
    except (TypeError, ValueError, RecursionError) as error:
        path, mistake = next(_mistakes(value, "", 0), ("", str(error)))
        raise ArgumentError(f"{path or 'the request'}: {mistake}") from None


def plain(value: Any) -> Any:
    """Numbers and lists of Python for scalars and arrays of NumPy, PyTorch, JAX or pandas; another value itself."""
    # The method tolist of a longdouble returns a longdouble.
    if isinstance(value, np.floating):
        return float(value)
    return value.tolist() if hasattr(value, "tolist") else value


def _plain_or_error(value: Any) -> Any:
    converted = plain(value)
    if converted is value:
        raise TypeError(_is_no_json(value))
    return converted


def _is_no_json(value: Any) -> str:
    return f"is of type {type(value).__name__}, which JSON does not have"


def _mistakes(value: Any, path: str, depth: int) -> Iterator[Tuple[str, str]]:
    """Paths are those of the service: `optimizer.learningRate`, `inputs.3.0`."""
    value = plain(value)
    if depth > DEEPEST:
        yield path[:80], f"is nested more than {DEEPEST} levels deep, or contains itself"
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, (str, int)):
                yield path, f"has the key {key!r}; keys must be of type str"
            yield from _mistakes(inner, f"{path}.{key}".lstrip("."), depth + 1)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _mistakes(inner, f"{path}.{index}".lstrip("."), depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, f"must be a finite number, and is {value}"
    elif value is not None and not isinstance(value, (str, int, float)):
        yield path, _is_no_json(value)
