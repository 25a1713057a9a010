"""Weights into a model of Keras 3."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Optional, Tuple, TypeVar

from .errors import ArgumentError, ModelMismatchError
from .layer_order import in_layer_order
from .matching import matched
from .names import camel
from .sparse_model import SparseModel, require_tensors

Model = TypeVar("Model")


def to_keras(model: Model, tensors: SparseModel, *, names: Optional[Mapping[str, str]] = None) -> Model:
    """
    Loads the weights of a network into a Keras model that has been built, and returns the model.

    Layers are matched by name or, unless all names agree, in order. Every shape must agree. `tensors.preprocess` and `tensors.activate` do
    the parts that the model leaves out. The file `model.keras` of a job needs none of this.

    names: the model's name of a layer for the name of a layer in the file
    Raises ModelMismatchError, with every tensor that does not fit; the model is then unchanged. ArgumentError if it is not built
    """
    require_tensors(tensors)
    if tensors.layout != "tensorflow":
        raise ModelMismatchError("The file has the layout of PyTorch. Download it without layout=torch.")
    _require_built(model)
    variables: Dict[str, Any] = dict(_variables(model))
    shapes = {name: tuple(variable.shape) for name, variable in variables.items()}
    arrays = matched(in_layer_order(tensors), shapes, separator="/", names=names, model="model")
    for name, array in arrays.items():
        variables[name].assign(array)
    return model


def _require_built(model: Any) -> None:
    if not hasattr(model, "layers"):
        raise ArgumentError(f"model must be a model of Keras, and is of type {type(model).__name__}")
    if not model.built and not all(layer.built for layer in model.layers):
        raise ArgumentError("The model is not built, so it has no weights yet. Give it an Input layer, or call model.build(shape) first.")


def _variables(model: Any) -> Iterator[Tuple[str, Any]]:
    """The weights of every layer, also of models inside models, under the names of a model file."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _variables(layer)
        elif hasattr(layer, "backward_layer"):
            for direction in ("forward", "backward"):
                for variable in getattr(layer, f"{direction}_layer").weights:
                    yield f"{layer.name}/{direction}/{camel(variable.name)}", variable
        else:
            kernel = "depthwiseKernel" if type(layer).__name__ == "DepthwiseConv2D" else "kernel"
            for variable in layer.weights:
                word = kernel if variable.name == "kernel" else camel(variable.name)
                # An adapted Normalization counts its examples.
                if word != "count":
                    yield f"{layer.name}/{word}", variable
