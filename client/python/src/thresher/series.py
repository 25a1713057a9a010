"""Epochs as arrays."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray


def arrays_of(epochs: Sequence[Mapping[str, Any]]) -> Dict[str, NDArray[Any]]:
    """One array for each number of an epoch, by its name in the contract. A number that an epoch does not have is NaN."""
    names = list(dict.fromkeys(name for epoch in epochs for name, value in epoch.items() if _is_number(value)))
    return {name: np.array([epoch.get(name, np.nan) for epoch in epochs]) for name in names}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


class LayerSeries(NamedTuple):
    """The non-zero weights of every variable after every epoch."""

    names: List[str]
    shapes: List[Tuple[int, ...]]
    sizes: NDArray[np.int64]
    """[variables]"""
    epochs: NDArray[np.int64]
    """[epochs], their numbers"""
    nonzero: NDArray[np.int64]
    """[variables, epochs]"""

    @property
    def sparsity(self) -> NDArray[np.float64]:
        """[variables, epochs]: the share of zeros, for a heat map."""
        share: NDArray[np.float64] = 1 - self.nonzero / self.sizes[:, None]
        return share


def layer_series(answer: Dict[str, Any]) -> LayerSeries:
    layers = answer["layers"]
    epochs = np.array(answer["epochs"], np.int64)
    return LayerSeries(
        [layer["name"] for layer in layers],
        [tuple(layer["shape"]) for layer in layers],
        np.array([layer["size"] for layer in layers], np.int64),
        epochs,
        np.array([layer["nonzero"] for layer in layers], np.int64).reshape(len(layers), len(epochs)),
    )
