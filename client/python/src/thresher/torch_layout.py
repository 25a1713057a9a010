"""Tensors in the layout of PyTorch, under the names of a state_dict. docs/pytorch.md of the service describes it."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple

import numpy as np
from numpy.typing import NDArray

from .channel_order import Order, input_orders
from .errors import ModelMismatchError
from .layer_order import in_layer_order
from .sparse_model import SparseModel, require_tensors

Array = NDArray[Any]
Named = List[Tuple[str, Array]]

WORDS = {
    "kernel": "weight",
    "depthwiseKernel": "weight",
    "pointwiseKernel": "pointwise.weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "embeddings": "weight",
    "mean": "mean",
    "variance": "variance",
    "movingMean": "running_mean",
    "movingVariance": "running_var",
}
SEPARABLE_WORDS = {**WORDS, "depthwiseKernel": "depthwise.weight", "bias": "pointwise.bias"}
"""A separable convolution is a module of two convolutions."""

GATES = {"lstm": [0, 1, 2, 3], "gru": [1, 0, 2], "simpleRnn": [0]}
"""Keras's gates in PyTorch's order. An LSTM has i, f, c, o in both; a GRU has z, r, h in Keras and r, z, n in PyTorch."""


def torch_layout(tensors: SparseModel) -> Dict[str, Array]:
    """
    The tensors as in the state_dict of a module with the same layer names: convolution kernels [out, in, height, width], dense kernels
    [out, in], whose inputs are in the order channels, height, width if they were flattened from images.
    Raises ModelMismatchError if the file does not describe its network
    """
    require_tensors(tensors)
    if tensors.layout == "torch":
        return dict(tensors)
    topology = tensors.topology
    if topology is None:
        raise ModelMismatchError("The tensors have no metadata `topology`. Load them with load_sparse from a file of the service.")
    layers = {layer["name"]: layer for layer in topology["layers"]}
    orders = input_orders(topology)
    converted: Named = []
    for name, tensor in in_layer_order(tensors).items():
        layer, _, word = name.partition("/")
        converted += _convert(layers[layer], word, tensor, orders[layer])
    return {**dict(converted), **_fixed_parameters(topology, tensors)}


def _convert(layer: Mapping[str, Any], word: str, tensor: Array, order: Optional[Order]) -> Named:
    if layer["type"] in GATES:
        return _recurrent(layer, word, tensor)
    words = SEPARABLE_WORDS if layer["type"] == "separableConv2d" else WORDS
    return [(f"{layer['name']}.{words[word]}", np.ascontiguousarray(_reordered(word, tensor, order)))]


def _reordered(word: str, tensor: Array, order: Optional[Order]) -> Array:
    if word == "depthwiseKernel":
        # [in, multiplier, height, width] as in a convolution with one group per channel.
        height, width, channels, multiplier = tensor.shape
        return tensor.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
    if word == "pointwiseKernel" or (word == "kernel" and tensor.ndim == 4):
        return tensor.transpose(3, 2, 0, 1)
    if word == "kernel" and tensor.ndim == 3:
        return tensor.transpose(2, 1, 0)
    rows = tensor if order is None or word == "bias" else tensor[order]
    return rows.T if word == "kernel" else rows


def _recurrent(layer: Mapping[str, Any], words: str, tensor: Array) -> Named:
    """As in nn.LSTM, nn.GRU or nn.RNN with batch_first. PyTorch has two biases: a GRU of Keras too; in others the second one is zeros."""
    word = words.rpartition("/")[2]
    ending = "l0_reverse" if words.startswith("backward/") else "l0"
    gates = GATES[layer["type"]]

    def blocks(weight: Array) -> Array:
        turned = weight.T
        return np.ascontiguousarray(np.concatenate([np.split(turned, len(gates))[gate] for gate in gates]))

    prefix = f"{layer['name']}."
    if word == "bias":
        first, second = tensor if tensor.ndim == 2 else (tensor, np.zeros_like(tensor))
        return [(f"{prefix}bias_ih_{ending}", blocks(first)), (f"{prefix}bias_hh_{ending}", blocks(second))]
    return [(f"{prefix}weight_{'ih' if word == 'kernel' else 'hh'}_{ending}", blocks(tensor))]


def _fixed_parameters(topology: Mapping[str, Any], tensors: SparseModel) -> Dict[str, Array]:
    """PyTorch's batch normalizations have both weight and bias, or neither. A missing one is written as ones or zeros."""
    fixed: Dict[str, Array] = {}
    for layer in topology["layers"]:
        has_scale, has_center = layer.get("scale", True), layer.get("center", True)
        if layer["type"] == "batchNormalization" and has_scale != has_center:
            shape = tensors[f"{layer['name']}/movingMean"].shape
            missing = np.zeros(shape, np.float32) if has_scale else np.ones(shape, np.float32)
            fixed[f"{layer['name']}.{'bias' if has_scale else 'weight'}"] = missing
    return fixed
