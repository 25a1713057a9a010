"""Trains LeNet on MNIST with gRDA in PyTorch, from given initial weights and batch order. Prints one JSON line for each epoch.

usage: torch_lenet.py MNIST_DIR SPEC.json WEIGHTS.safetensors ORDER.u32
SPEC: {"learningRate", "c", "mu", "learningRates": [one for each epoch], "batchSize", "epochs", "mean", "std"}
ORDER: little-endian uint32, epochs x examples, the order in which each epoch visits the training digits.
"""

import json
import sys
import time

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F


class GRDA(torch.optim.Optimizer):
    """The update rule of the original PyTorch optimizer, with float32 tensors and host scalars.

    v <- v - lr g; l1 <- l1 + c lr^(mu + 1/2) (n^mu - (n - 1)^mu); w = sign(v) max(|v| - l1, 0).
    """

    def __init__(self, params, lr, c, mu):
        super().__init__(params, {"lr": lr, "c": c, "mu": mu})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, c, mu = group["lr"], group["c"], group["mu"]
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state.update(n=0, l1=0.0, v=p.detach().clone())
                state["n"] += 1
                n = state["n"]
                state["l1"] += c * lr ** (mu + 0.5) * (n**mu - (n - 1) ** mu)
                v = state["v"].add_(p.grad, alpha=-lr)
                p.copy_(v.sign() * (v.abs() - state["l1"]).clamp_(min=0))


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5)
        self.conv2 = nn.Conv2d(20, 50, 5)
        self.fc1 = nn.Linear(800, 500)
        self.fc2 = nn.Linear(500, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


def to_torch(name, w):
    """Converts TensorFlow's layouts to PyTorch's. The rows of fc1 are pixels then channels there, channels then pixels here."""
    if name == "fc1/kernel":
        w = w.reshape(4, 4, 50, 500).permute(2, 0, 1, 3).reshape(800, 500)
    if name.endswith("/kernel"):
        w = w.permute(3, 2, 0, 1) if w.ndim == 4 else w.T
    return name.replace("/kernel", ".weight").replace("/bias", ".bias"), w.contiguous()


def read_split(folder, split, mean, std):
    images = np.fromfile(f"{folder}/{split}-images-idx3-ubyte", np.uint8)[16:].reshape(-1, 1, 28, 28)
    labels = np.fromfile(f"{folder}/{split}-labels-idx1-ubyte", np.uint8)[8:]
    x = (torch.from_numpy(images).float() / 255 - mean) / std
    return x, torch.from_numpy(labels.astype(np.int64))


@torch.no_grad()
def accuracy(model, x, y):
    model.eval()
    right = sum((model(x[i : i + 1000]).argmax(1) == y[i : i + 1000]).sum().item() for i in range(0, len(x), 1000))
    return right / len(x)


def sparsity(model):
    zeros = {name: (p == 0).sum().item() for name, p in model.named_parameters()}
    sizes = {name: p.numel() for name, p in model.named_parameters()}
    total = sum(zeros.values()) / sum(sizes.values())
    return total, {name: zeros[name] / sizes[name] for name in zeros}


def main(folder, spec_file, weights_file, order_file):
    with open(spec_file) as file:
        spec = json.load(file)
    torch.set_num_threads(spec.get("threads", 2))
    x, y = read_split(folder, "train", spec["mean"], spec["std"])
    test_x, test_y = read_split(folder, "t10k", spec["mean"], spec["std"])
    order = torch.from_numpy(np.fromfile(order_file, "<u4").astype(np.int64)).reshape(spec["epochs"], -1)
    model = LeNet()
    model.load_state_dict(dict(to_torch(name, w) for name, w in load_file(weights_file).items()))
    optimizer = GRDA(model.parameters(), spec["learningRate"], spec["c"], spec["mu"])
    for epoch in range(spec["epochs"]):
        optimizer.param_groups[0]["lr"] = spec["learningRates"][epoch]
        model.train()
        started, total_loss = time.perf_counter(), 0.0
        for batch in order[epoch].split(spec["batchSize"]):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x[batch]), y[batch])
            loss.backward()
            optimizer.step()
            total_loss += loss.item() * len(batch)
        seconds = time.perf_counter() - started
        total, layers = sparsity(model)
        record = {
            "epoch": epoch + 1,
            "trainLoss": total_loss / len(x),
            "validationAccuracy": accuracy(model, test_x, test_y),
            "sparsity": total,
            "layers": layers,
            "seconds": seconds,
            "torch": torch.__version__,
        }
        print(json.dumps(record), flush=True)


main(*sys.argv[1:])
