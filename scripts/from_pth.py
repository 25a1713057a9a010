"""Converts a checkpoint of the original's PyTorch scripts to two files that `POST /v1/models` accepts:

    python3 scripts/from_pth.py checkpoint.pth.tar OUTPUT_FOLDER

model.safetensors contains the `state_dict`, without the prefix `module.` of data-parallel training; state.safetensors contains the optimizer's
state, `state.<i>.accumulator`, `.iter_num` and `.l1_accumulation` of parameter i, if the file has one. Requires only PyTorch and NumPy. The
checkpoint is read as data (`weights_only`); it cannot run code.
"""

import json
import pathlib
import sys

import torch

DTYPES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64"}


def write_safetensors(path, tensors):
    """https://github.com/huggingface/safetensors, "Format": the header's length, the header, the tensors one after the other."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    # The widest elements first, so that each tensor is aligned.
    names = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    header, end = {}, 0
    for name in names:
        tensor = tensors[name]
        begin, end = end, end + tensor.numel() * tensor.element_size()
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in names:
            file.write(tensors[name].reshape(-1).view(torch.uint8).numpy().tobytes())


def model_of(checkpoint):
    state = checkpoint.get("state_dict", checkpoint)
    return {name.removeprefix("module."): value for name, value in state.items() if value.dtype in DTYPES}


def state_of(checkpoint):
    """gRDA's state, by the position of the parameter; counts and thresholds are numbers, or tensors with one element."""
    tensors = {}
    for index, slots in (checkpoint.get("optimizer") or {}).get("state", {}).items():
        if "accumulator" not in slots:
            continue
        tensors[f"state.{index}.accumulator"] = slots["accumulator"].float()
        tensors[f"state.{index}.iter_num"] = torch.as_tensor(int(slots["iter_num"]), dtype=torch.int64)
        tensors[f"state.{index}.l1_accumulation"] = torch.as_tensor(float(slots["l1_accumulation"]), dtype=torch.float64)
    return tensors


def main(path, folder):
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", model_of(checkpoint))
    state = state_of(checkpoint)
    if state:
        write_safetensors(folder / "state.safetensors", state)
    print(f"{folder / 'model.safetensors'}" + (f", {folder / 'state.safetensors'}" if state else "; the checkpoint has no gRDA state"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
