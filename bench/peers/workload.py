"""The inputs that train-step.bench.ts writes for its peers, and the protocol between them.

A peer prints one JSON line when it is ready, then replies to each line `{"steps": n}` with
`{"seconds": s, "losses": [...]}`, where losses has the mean loss of each step.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
from safetensors.numpy import load_file


@dataclass
class Workload:
    """A training. Images are [batches, batch, height, width, channels]; kernels have TensorFlow's layout."""

    topology: dict
    optimizer: dict
    threads: int
    mean: np.ndarray
    std: np.ndarray
    weights: dict
    images: np.ndarray
    labels: np.ndarray


def load_workload(folder: str) -> Workload:
    home = Path(folder)
    spec = json.loads((home / "workload.json").read_text())
    shape = (spec["batches"], spec["batchSize"], *spec["topology"]["inputShape"])
    return Workload(
        topology=spec["topology"],
        optimizer=spec["optimizer"],
        threads=spec["threads"],
        mean=np.asarray(spec["mean"], "f4"),
        std=np.asarray(spec["std"], "f4"),
        weights=load_file(home / "weights.safetensors"),
        images=np.fromfile(home / "images.u8", "u1").reshape(shape),
        labels=np.fromfile(home / "labels.i32", "<i4").reshape(shape[:2]),
    )


def sources(topology: dict) -> list:
    """The indices of each layer's input layers; -1 is the network's input."""
    positions = {layer["name"]: index for index, layer in enumerate(topology["layers"])}
    return [
        [positions[name] for name in layer["inputs"]] if "inputs" in layer else [index - 1]
        for index, layer in enumerate(topology["layers"])
    ]


class Threshold:
    """gRDA's threshold l1 after each step, accumulated as in the original optimizer."""

    def __init__(self, optimizer: dict) -> None:
        self.rate, self.c, self.mu = optimizer["learningRate"], optimizer["c"], optimizer["mu"]
        self.steps, self.l1 = 0, 0.0

    def advance(self) -> float:
        self.steps += 1
        growth = self.steps**self.mu - (self.steps - 1) ** self.mu
        self.l1 += self.c * self.rate ** (0.5 + self.mu) * growth
        return self.l1


def fastest(variants: list, stepper: Callable[[object], Callable[[int], object]]) -> object:
    """The variant whose steps take the least time. Its step compiles in the first calls, which do not count."""

    def seconds(variant: object) -> float:
        step = stepper(variant)
        float(step(0))
        started = time.perf_counter()
        float(step(1))
        # Enough steps to compare short ones, and few long ones.
        count = max(3, min(100, int(0.2 / (time.perf_counter() - started))))
        times = []
        for index in range(2, 2 + count):
            started = time.perf_counter()
            float(step(index))
            times.append(time.perf_counter() - started)
        return sorted(times)[count // 4]

    return min(variants, key=seconds)


def serve(version: str, step: Callable[[int], object]) -> None:
    """Replies until the input ends. `step` takes the index of the step and returns a loss that float() accepts."""
    print(json.dumps({"version": version}), flush=True)
    taken = 0
    for line in sys.stdin:
        count = json.loads(line)["steps"]
        started = time.perf_counter()
        losses = []
        for _ in range(count):
            losses.append(step(taken))
            taken += 1
        values = [float(loss) for loss in losses]
        print(json.dumps({"seconds": time.perf_counter() - started, "losses": values}), flush=True)
