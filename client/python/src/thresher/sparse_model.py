"""The weights in a model file, with what a program needs to predict with them."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import ArgumentError, ModelFileError
from .read_sparse import read_sparse

ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class SparseModel(Dict[str, NDArray[Any]]):
    """The tensors of a model file by name, as dense arrays. `metadata` is what the file says about them."""

    def __init__(self, tensors: Dict[str, NDArray[Any]], metadata: Dict[str, str]) -> None:
        super().__init__(tensors)
        self.metadata = metadata

    @property
    def layout(self) -> str:
        """`tensorflow` or `torch`: the order of the axes of kernels, and the style of the names."""
        return self.metadata.get("layout", "tensorflow")

    @property
    def topology(self) -> Optional[Dict[str, Any]]:
        """The network, without preprocessing and output activation."""
        text = self.metadata.get("topology")
        topology: Optional[Dict[str, Any]] = None if text is None else json.loads(text)
        return topology

    @property
    def classes(self) -> List[str]:
        """Names of the classes by output; empty for regression."""
        classes: List[str] = json.loads(self.metadata.get("classes", "[]"))
        return classes

    @property
    def sparsity(self) -> float:
        """The share of zeros among all elements, statistics of normalizations included."""
        return 1 - sum(np.count_nonzero(t) for t in self.values()) / sum(t.size for t in self.values())

    def preprocess(self, examples: ArrayLike, *, channels_first: bool = False) -> NDArray[np.float32]:
        """
        What the network takes: (x * scale - mean) / std, float32, for examples with the values of the dataset.

        examples: [examples, ...] in the shape of the network input, whose last axes of length 1 may be missing; the channels are last
        channels_first: images [examples, channels, height, width], as PyTorch takes them
        Raises ArgumentError if the shape is another one
        """
        x = self._examples(examples, keeps_axes=not channels_first)
        # float32 step by step, as the service computes it.
        scale, mean, std = (np.asarray(self._preprocessing[key], np.float32) for key in ("scale", "mean", "std"))
        mean, std = (_along_channels(part, x.shape) for part in (mean, std))
        x = (x * scale - mean) / std
        return np.ascontiguousarray(np.moveaxis(x, -1, 1)) if channels_first else x

    def activate(self, outputs: ArrayLike) -> NDArray[Any]:
        """The predictions for the outputs of the network: softmax, sigmoid or nothing, as the loss of the job implies."""
        z = np.asarray(outputs)
        activation = self.metadata.get("outputActivation", "linear")
        if activation == "softmax":
            powers = np.exp(z - z.max(-1, keepdims=True))
            return np.asarray(powers / powers.sum(-1, keepdims=True))
        if activation != "sigmoid":
            return z
        with np.errstate(over="ignore"):
            return np.asarray(1 / (1 + np.exp(-z)))

    def _examples(self, examples: ArrayLike, *, keeps_axes: bool) -> NDArray[np.float32]:
        try:
            x = np.asarray(examples, np.float32)
        except (TypeError, ValueError) as error:
            raise ArgumentError(f"examples must be an array of numbers: {error}") from None
        if self.topology is None:
            return x
        shape = tuple(self.topology["inputShape"])
        required = shape
        while x.shape[1:] != required and required[-1:] == (1,):
            required = required[:-1]
        if x.ndim == 0 or x.shape[1:] != required:
            text = ", ".join(["examples", *map(str, shape)])
            raise ArgumentError(f"examples must have the shape [{text}], and have {list(x.shape)}")
        return x if keeps_axes else x.reshape(len(x), *shape)

    @property
    def _preprocessing(self) -> Dict[str, Any]:
        identity = '{"scale":1,"mean":[0],"std":[1]}'
        preprocessing: Dict[str, Any] = json.loads(self.metadata.get("preprocessing", identity))
        return preprocessing


def _along_channels(part: NDArray[np.float32], shape: Tuple[int, ...]) -> NDArray[np.float32]:
    """The network may have axes of length 1 after the channels of the dataset."""
    axes = 0
    while part.size > 1 and axes < len(shape) and shape[-1 - axes] == 1:
        axes += 1
    return part.reshape(part.size, *axes * (1,))


def require_tensors(tensors: object) -> None:
    if not isinstance(tensors, SparseModel):
        raise ArgumentError(f"tensors must be what load_sparse returns, and are of type {type(tensors).__name__}")


def load_sparse(path: Union[str, os.PathLike[str]]) -> SparseModel:
    """
    Reads `model.sparse.safetensors`, its `.zst` or any other safetensors file of the service.

    bfloat16 becomes float32, because NumPy has no bfloat16, and so do int8 with scales; the values are the same. A `.zst` file needs Python 3.14 or the
    package zstandard.
    Raises ModelFileError if the file is not a safetensors file, is incomplete or has an unknown version; OSError if it cannot be opened
    """
    source = Path(path)
    with source.open("rb") as file:
        is_compressed = file.read(4) == ZSTD_MAGIC
    try:
        tensors, metadata = _read_compressed(source) if is_compressed else read_sparse(str(source))
        return SparseModel({name: _widen(tensor) for name, tensor in tensors.items()}, metadata)
    except (OSError, ImportError):
        raise
    except Exception as error:
        # The reader is the short program of the documentation: it checks nothing, and fails in many ways.
        raise ModelFileError(f"{source} is not a safetensors file that can be read, or it is incomplete ({error})") from error


def _read_compressed(path: Path) -> Tuple[Dict[str, Any], Dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="thresher-") as folder:
        plain = Path(folder) / path.stem
        plain.write_bytes(_decompress(path))
        return read_sparse(str(plain))


def _widen(tensor: NDArray[Any]) -> NDArray[Any]:
    """The upper half of a float32 is a bfloat16, which the reader returns as uint16."""
    if tensor.dtype != np.uint16:
        return tensor
    widened: NDArray[Any] = (tensor.astype(np.uint32) << 16).view(np.float32)
    return widened


def _decompress(path: Path) -> bytes:
    content = path.read_bytes()
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]

        decompressed: bytes = zstd.decompress(content)
    except ImportError:
        try:
            import zstandard  # type: ignore[import-not-found,unused-ignore]
        except ImportError:
            message = f"{path} is compressed: pip install zstandard, or decompress it with zstd -d"
            raise ImportError(message) from None
        decompressed = zstandard.ZstdDecompressor().decompressobj().decompress(content)
    return decompressed
