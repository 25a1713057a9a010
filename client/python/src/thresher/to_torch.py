"""Weights into a module of PyTorch."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, TypeVar

import numpy as np

from .errors import ArgumentError
from .matching import matched
from .sparse_model import SparseModel
from .torch_layout import torch_layout

Module = TypeVar("Module")

COUNTERS = "num_batches_tracked"
"""A buffer of batch normalizations that predictions do not use."""


def to_torch(module: Module, tensors: SparseModel, *, names: Optional[Mapping[str, str]] = None) -> Module:
    """
    Loads the weights of a network into a torch.nn.Module, and returns the module.

        module = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 10))
        thresher.to_torch(module, thresher.load_sparse("model.sparse.safetensors")).eval()

    Layers are matched by name or, unless all names agree, in order. Every shape must agree. The module must compute what the network
    computes, without preprocessing and output activation, which `tensors.preprocess` and `tensors.activate` do.

    names: the name of a submodule for the name of a layer, for example `{"dense_1": "encoder.fc"}`
    Raises ModelMismatchError, with every tensor that does not fit; the module is then unchanged
    """
    import torch

    if not isinstance(module, torch.nn.Module):
        raise ArgumentError(f"module must be a torch.nn.Module, and is of type {type(module).__name__}")
    state: Dict[str, Any] = module.state_dict()
    shapes = {name: tuple(value.shape) for name, value in state.items() if not name.endswith(COUNTERS)}
    arrays = {name: array for name, array in torch_layout(tensors).items() if not name.endswith(COUNTERS)}
    arrays = matched(arrays, shapes, separator=".", names=names, model="module")
    with torch.no_grad():
        for name, array in arrays.items():
            # The tensors of a state_dict are those of the module. Copying keeps their dtypes and devices.
            state[name].copy_(torch.from_numpy(np.array(array)))
    return module
