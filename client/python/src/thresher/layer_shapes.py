"""The shape of the output of every layer of a network, without the batch axis: images are [height, width, channels]."""

from __future__ import annotations

from math import prod
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple

Shape = Tuple[int, ...]
Layer = Mapping[str, Any]

NETWORK_INPUT = "input"

IN_PLACE = frozenset(
    ["activation", "leakyRelu", "dropout", "rescaling", "normalization", "batchNormalization", "layerNormalization"]
    + ["add", "multiply", "average"]
)
"""Layers whose outputs have the elements of their inputs at the same places."""


def input_names(layers: Sequence[Layer]) -> List[List[str]]:
    """The names of the inputs of each layer: by default, of the layer before."""
    before = [NETWORK_INPUT] + [layer["name"] for layer in layers]
    return [list(layer.get("inputs", [before[index]])) for index, layer in enumerate(layers)]


def layer_shapes(topology: Mapping[str, Any]) -> Dict[str, Shape]:
    """The shape of the output of each layer by its name, and of the network's input."""
    shapes: Dict[str, Shape] = {NETWORK_INPUT: tuple(topology["inputShape"])}
    for layer, names in zip(topology["layers"], input_names(topology["layers"])):
        shapes[layer["name"]] = _output_shape(layer, [shapes[name] for name in names])
    return shapes


def _output_shape(layer: Layer, inputs: List[Shape]) -> Shape:
    kind: str = layer["type"]
    if kind in IN_PLACE:
        return tuple(max(lengths) for lengths in zip(*inputs))
    if kind == "concatenate":
        return inputs[0][:-1] + (sum(shape[-1] for shape in inputs),)
    if kind.startswith("global"):
        ones = (1,) * (len(inputs[0]) - 1) if layer.get("keepDims") else ()
        return ones + inputs[0][-1:]
    if kind not in _SHAPES:
        raise NotImplementedError(f"{layer['name']}: this version of the client does not know the layer {kind}")
    return _SHAPES[kind](layer, inputs[0])


def _sides(extent: Any) -> Tuple[int, int]:
    """One number for both directions, or [height, width]."""
    return (extent, extent) if isinstance(extent, int) else (extent[0], extent[1])


def _margins(margins: Any) -> Sequence[Sequence[int]]:
    """One number for all four sides, or [[top, bottom], [left, right]]."""
    return ((margins, margins), (margins, margins)) if isinstance(margins, int) else margins


def _windows(length: int, size: int, stride: int, padding: str) -> int:
    return -(-length // stride) if padding == "same" else (length - size) // stride + 1


def _windows_2d(layer: Layer, image: Shape, size: Any, strides: Any) -> Shape:
    sizes, steps, padding = _sides(size), _sides(strides), layer.get("padding", "valid")
    return tuple(_windows(image[axis], sizes[axis], steps[axis], padding) for axis in (0, 1))


def _conv_2d(layer: Layer, image: Shape) -> Shape:
    channels = layer.get("filters") or image[2] * layer["depthMultiplier"]
    return _windows_2d(layer, image, layer["kernelSize"], layer.get("strides", 1)) + (channels,)


def _transposed(layer: Layer, image: Shape) -> Shape:
    sizes, steps = _sides(layer["kernelSize"]), _sides(layer.get("strides", 1))
    more = [0 if layer["padding"] == "same" else max(sizes[axis] - steps[axis], 0) for axis in (0, 1)]
    return tuple(image[axis] * steps[axis] + more[axis] for axis in (0, 1)) + (layer["filters"],)


def _conv_1d(layer: Layer, sequence: Shape) -> Shape:
    steps = _windows(sequence[0], layer["kernelSize"], layer.get("strides", 1), layer["padding"])
    return (steps, layer["filters"])


def _pool_2d(layer: Layer, image: Shape) -> Shape:
    return _windows_2d(layer, image, layer["poolSize"], layer.get("strides", layer["poolSize"])) + image[2:]


def _pool_1d(layer: Layer, sequence: Shape) -> Shape:
    size = layer["poolSize"]
    return (_windows(sequence[0], size, layer.get("strides", size), layer.get("padding", "valid")), sequence[1])


def _recurrent(layer: Layer, sequence: Shape) -> Shape:
    units = layer["units"] * (2 if layer["direction"] == "both" else 1)
    return (sequence[0], units) if layer["returnSequences"] else (units,)


def _padded(layer: Layer, image: Shape) -> Shape:
    return tuple(image[axis] + sum(_margins(layer["padding"])[axis]) for axis in (0, 1)) + image[2:]


def _cropped(layer: Layer, image: Shape) -> Shape:
    return tuple(image[axis] - sum(_margins(layer["cropping"])[axis]) for axis in (0, 1)) + image[2:]


def _enlarged(layer: Layer, image: Shape) -> Shape:
    return tuple(image[axis] * _sides(layer["size"])[axis] for axis in (0, 1)) + image[2:]


def _reshaped(layer: Layer, shape: Shape) -> Shape:
    known = prod(length for length in layer["shape"] if length != -1)
    return tuple(prod(shape) // known if length == -1 else length for length in layer["shape"])


_SHAPES: Dict[str, Callable[[Layer, Shape], Shape]] = {
    "dense": lambda layer, shape: shape[:-1] + (layer["units"],),
    "embedding": lambda layer, shape: shape + (layer["outputDim"],),
    "conv2d": _conv_2d,
    "depthwiseConv2d": _conv_2d,
    "separableConv2d": _conv_2d,
    "conv2dTranspose": _transposed,
    "conv1d": _conv_1d,
    "maxPooling2d": _pool_2d,
    "averagePooling2d": _pool_2d,
    "maxPooling1d": _pool_1d,
    "averagePooling1d": _pool_1d,
    "lstm": _recurrent,
    "gru": _recurrent,
    "simpleRnn": _recurrent,
    "zeroPadding2d": _padded,
    "cropping2d": _cropped,
    "upSampling2d": _enlarged,
    "repeatVector": lambda layer, shape: (layer["times"],) + shape,
    "reshape": _reshaped,
    "flatten": lambda _, shape: (prod(shape),),
}
