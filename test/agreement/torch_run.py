"""A run of the original's kind in PyTorch: LeNet on MNIST in the order of its files, by gRDA as the original has it.

    FOLDER start STEPS    from random weights; leaves checkpoint.pth.tar
    FOLDER go-on STEPS    from checkpoint.pth.tar; leaves torch.safetensors
    FOLDER take-over STEPS FIRST    from model.safetensors and optimizer-state.safetensors, with batch FIRST; leaves torch.safetensors
"""
import json
import struct
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

folder, command, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
settings = json.load(open(f"{folder}/settings.json"))
BATCH, RATE, C, MU = (settings[key] for key in ["batchSize", "learningRate", "c", "mu"])
torch.manual_seed(1)


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 20, 5), nn.Conv2d(20, 50, 5)
        self.fc1, self.fc2 = nn.Linear(800, 500), nn.Linear(500, 10)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


class GRDA(torch.optim.Optimizer):
    def __init__(self, params):
        super().__init__(params, dict(lr=RATE, c=C, mu=MU))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["iter_num"], state["accumulator"], state["l1_accumulation"] = 0, p.clone(), 0.0
                state["iter_num"] += 1
                n = state["iter_num"]
                state["l1_accumulation"] += C * RATE ** (0.5 + MU) * (n**MU - (n - 1) ** MU)
                state["accumulator"] -= RATE * p.grad
                v = state["accumulator"]
                p.copy_(v.sign() * (v.abs() - state["l1_accumulation"]).clamp(min=0))


def idx(path, offset, *shape):
    return np.frombuffer(open(path, "rb").read(), np.uint8, offset=offset).reshape(-1, *shape)


images = torch.tensor(idx(settings["images"], 16, 1, 28, 28)).float() / 255
images = (images - 0.1307) / 0.3081
labels = torch.tensor(idx(settings["labels"], 8)[:, ...].astype(np.int64)).flatten()
model = LeNet()
optimizer = GRDA(model.parameters())
first = 0
if command == "go-on":
    checkpoint = torch.load(f"{folder}/checkpoint.pth.tar", weights_only=True)
    model.load_state_dict({name.removeprefix("module."): value for name, value in checkpoint["state_dict"].items()})
    optimizer.load_state_dict(checkpoint["optimizer"])
if command == "take-over":
    first = int(sys.argv[4])
    model.load_state_dict(load_file(f"{folder}/model.safetensors"))
    state = load_file(f"{folder}/optimizer-state.safetensors")
    for index, p in enumerate(model.parameters()):
        part = lambda name: state[f"state.{index}.{name}"]
        optimizer.state[p] = dict(iter_num=int(part("iter_num")), accumulator=part("accumulator"), l1_accumulation=float(part("l1_accumulation")))

for step in range(first, first + steps):
    batch = slice(step * BATCH, (step + 1) * BATCH)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
    optimizer.step()

if command == "start":
    # As the original's scripts save what DataParallel wraps.
    wrapped = {f"module.{name}": value for name, value in model.state_dict().items()}
    torch.save({"epoch": 1, "arch": "lenet", "state_dict": wrapped, "optimizer": optimizer.state_dict()}, f"{folder}/checkpoint.pth.tar")
else:
    save_file(model.state_dict(), f"{folder}/torch.safetensors")
