"""Tensors in the order of the layers of their network."""

from __future__ import annotations

from typing import Any, Dict

from numpy.typing import NDArray

from .sparse_model import SparseModel


def in_layer_order(tensors: SparseModel) -> Dict[str, NDArray[Any]]:
    """A file orders its tensors by type and name. Without a topology, the order is that of the file."""
    layers = tensors.topology["layers"] if tensors.topology else []
    places = {layer["name"]: place for place, layer in enumerate(layers)}
    return dict(sorted(tensors.items(), key=lambda item: places.get(item[0].partition("/")[0], 0)))
