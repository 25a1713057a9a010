import json
import sys
from typing import Any, Dict, Tuple

import numpy as np

DTYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "I8": "i1", "U8": "u1", "BF16": "<u2"}


def read_sparse(path: str) -> Tuple[Dict[str, Any], Dict[str, str]]:
    """Returns the tensors of a .safetensors file by name, as dense arrays, and the metadata of the file."""
    with open(path, "rb") as content:
        file = content.read()
    data = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:data])
    metadata = header.pop("__metadata__", {})
    if metadata.get("sparse.version", "1") not in ("1", "2"):
        raise ValueError(f"version {metadata['sparse.version']} is unknown; this reads versions 1 and 2")
    tensors: Dict[str, Any] = {}
    for name, t in header.items():
        begin, end = t["data_offsets"]
        tensors[name] = np.frombuffer(file[data + begin : data + end], DTYPES[t["dtype"]]).reshape(t["shape"])
    if "sparse.planes" in tensors:
        planes = tensors.pop("sparse.planes").T.copy()
        rest = planes.reshape(-1).view("<f4" if planes.shape[1] == 4 else "<u2")
    for name, t in json.loads(metadata.get("sparse.tensors", "{}")).items():
        places = tensors.pop(name + "." + t["encoding"])
        if t["encoding"] == "bitmask":
            places = np.flatnonzero(np.unpackbits(places, bitorder="little"))
        if t["encoding"] == "gaps":
            places = np.cumsum(places.astype(np.int64) + 1) - 1
        if name + ".values" in tensors:
            values = tensors.pop(name + ".values")
        else:
            values, rest = np.split(rest, [len(places)])
        tensors[name] = np.zeros(t["shape"], values.dtype)
        tensors[name].reshape(-1)[places] = values
        if "scaleAxis" in t:
            scales, axis = tensors.pop(name + ".scales"), t["scaleAxis"]
            channels = tuple(t["shape"][axis : axis + scales.ndim])
            if scales.shape != channels or values.dtype != np.int8:
                raise ValueError(f"{name} must be I8 with scales of shape {channels}, not of {scales.shape}")
            tensors[name] = tensors[name] * scales.reshape(channels + (1,) * (len(t["shape"]) - axis - scales.ndim))
    return tensors, metadata


def describe(path: str) -> None:
    """Prints the tensors of a file and the metadata that its network needs."""
    if open(path, "rb").read(4) == b"\x28\xb5\x2f\xfd":
        sys.exit(f"{path} is compressed; decompress it first: zstd -d {path}")
    tensors, metadata = read_sparse(path)
    for name, tensor in sorted(tensors.items()):
        print(f"{name} {list(tensor.shape)}: {np.count_nonzero(tensor):,} of {tensor.size:,} non-zero")
    for key in ["layout", "classes", "preprocessing", "outputActivation"]:
        if key in metadata:
            print(f"{key}: {metadata[key]}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 read_sparse.py FILE.safetensors")
    describe(sys.argv[1])
