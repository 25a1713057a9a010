"""The order of the elements of flattened images, which differs between channels last (here) and channels first (PyTorch)."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Sequence

import numpy as np
from numpy.typing import NDArray

from .layer_shapes import IN_PLACE, NETWORK_INPUT, Shape, input_names, layer_shapes

Order = NDArray[np.int64]
"""For each place in a vector with the channels first, the place of that element here."""


def input_orders(topology: Mapping[str, Any]) -> Dict[str, Optional[Order]]:
    """
    The order of the elements in the first input of each layer, if images are stored with the channels first. A flattened image is then
    ordered by channel, row and column, and later layers keep that order as long as they work in place. None if it is the order here.
    """
    shapes = layer_shapes(topology)
    orders: Dict[str, Optional[Order]] = {NETWORK_INPUT: None}
    found: Dict[str, Optional[Order]] = {}
    for layer, names in zip(topology["layers"], input_names(topology["layers"])):
        inputs = [orders[name] for name in names]
        found[layer["name"]] = inputs[0]
        orders[layer["name"]] = _order_after(layer["type"], inputs, [shapes[name] for name in names])
    return found


def _order_after(kind: str, inputs: Sequence[Optional[Order]], shapes: Sequence[Shape]) -> Optional[Order]:
    if kind == "flatten":
        return _channels_first(shapes[0]) if len(shapes[0]) == 3 else inputs[0]
    if all(order is None for order in inputs):
        return None
    if kind in IN_PLACE:
        first = inputs[0]
        return first if all(_is_equal(order, first) for order in inputs) else None
    return _concatenated(inputs, [shape[0] for shape in shapes]) if kind == "concatenate" else None


def _channels_first(shape: Shape) -> Order:
    return np.arange(int(np.prod(shape))).reshape(shape).transpose(2, 0, 1).reshape(-1)


def _concatenated(orders: Sequence[Optional[Order]], lengths: Sequence[int]) -> Order:
    starts = np.cumsum([0, *lengths[:-1]])
    parts = [np.arange(length) if order is None else order for order, length in zip(orders, lengths)]
    return np.concatenate([start + part for start, part in zip(starts, parts)])


def _is_equal(one: Optional[Order], other: Optional[Order]) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)
