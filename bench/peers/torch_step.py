"""Takes steps in PyTorch, with FOLDER original|foreach|inductor in argv. Layout: NCHW or channels_last, whichever is faster here.
`inductor` is torch.compile in the faster of two modes: the forward and backward pass, and the update. Of deep networks it is the default mode:
max-autotune measures kernels for each convolution, which had not ended after 16 minutes for ResNet-50."""

import sys
from itertools import product

import torch
from torch import nn
from workload import Threshold, Workload, fastest, load_workload, serve, sources

MOST_TUNED_LAYERS = 50


class Flatten(nn.Module):
    """Flattens height, width and channels in the order of TensorFlow's images."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x.permute(0, 2, 3, 1) if x.dim() == 4 else x).flatten(1)


class GlobalAverage(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3))


class Network(nn.Module):
    def __init__(self, topology: dict, weights: dict) -> None:
        super().__init__()
        self.sources = sources(topology)
        channels = [self.channels(topology, index) for index in range(len(topology["layers"]))]
        self.stages = nn.ModuleList(
            self.module(layer, weights, channels[index]) for index, layer in enumerate(topology["layers"])
        )
        self.rectified = [layer.get("activation") == "relu" for layer in topology["layers"]]

    def channels(self, topology: dict, index: int) -> int:
        """The channels of a batch normalization's input, which are the filters of the last convolution before it."""
        while index >= 0:
            layer = topology["layers"][index]
            if layer["type"] == "conv2d":
                return layer["filters"]
            index = self.sources[index][0]
        return topology["inputShape"][-1]

    def module(self, layer: dict, weights: dict, channels: int) -> nn.Module:
        kind, name = layer["type"], layer["name"]
        if kind == "conv2d":
            kernel = torch.from_numpy(weights[f"{name}/kernel"]).permute(3, 2, 0, 1).contiguous()
            size, strides = layer["kernelSize"], layer.get("strides", 1)
            margin = (size - 1) // 2 if layer["padding"] == "same" else 0
            module = nn.Conv2d(
                kernel.shape[1], kernel.shape[0], size, strides, margin, bias="biasInitializer" in layer
            )
            return self.loaded(module, kernel, weights, name)
        if kind == "dense":
            kernel = torch.from_numpy(weights[f"{name}/kernel"]).T.contiguous()
            module = nn.Linear(kernel.shape[1], kernel.shape[0], bias="biasInitializer" in layer)
            return self.loaded(module, kernel, weights, name)
        if kind == "batchNormalization":
            return nn.BatchNorm2d(channels, layer["epsilon"], 1 - layer["momentum"])
        if kind == "maxPooling2d":
            return nn.MaxPool2d(layer["poolSize"], layer.get("strides", layer["poolSize"]))
        simple = {
            "zeroPadding2d": lambda: nn.ZeroPad2d(layer["padding"]),
            "dropout": lambda: nn.Dropout(layer["rate"]),
            "flatten": Flatten,
            "globalAveragePooling2d": GlobalAverage,
            "activation": nn.Identity,
            "add": nn.Identity,
        }
        return simple[kind]()

    def loaded(self, module: nn.Module, kernel: torch.Tensor, weights: dict, name: str) -> nn.Module:
        with torch.no_grad():
            module.weight.copy_(kernel)
            if module.bias is not None:
                module.bias.copy_(torch.from_numpy(weights[f"{name}/bias"]))
        return module

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        outputs = []
        for stage, taken, rectified in zip(self.stages, self.sources, self.rectified):
            inputs = [x if index < 0 else outputs[index] for index in taken]
            y = stage(sum(inputs[1:], inputs[0]))
            outputs.append(torch.relu(y) if rectified else y)
        return outputs[-1]


class OriginalGrda(torch.optim.Optimizer):
    """The update rule as in the original optimizer: a loop over the parameters, each with a separate state."""

    def __init__(self, params, learningRate: float, c: float, mu: float, **_) -> None:
        super().__init__(params, {"lr": learningRate, "c": c, "mu": mu})
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p] = {"iter_num": 0, "l1_accumulation": 0.0, "accumulator": p.detach().clone()}

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            lr, c, mu = group["lr"], group["c"], group["mu"]
            for p in group["params"]:
                state = self.state[p]
                state["iter_num"] += 1
                n = state["iter_num"]
                state["l1_accumulation"] += c * lr ** (0.5 + mu) * (n**mu - (n - 1) ** mu)
                v = state["accumulator"]
                v.sub_(lr * p.grad)
                p.copy_(v.sign() * (v.abs() - state["l1_accumulation"]).clamp(min=0))


class ForeachGrda(torch.optim.Optimizer):
    """The same update rule for all parameters at once, with torch._foreach functions."""

    def __init__(self, params, **optimizer) -> None:
        super().__init__(params, {})
        self.params = self.param_groups[0]["params"]
        self.accumulators = [p.detach().clone() for p in self.params]
        self.threshold = Threshold(optimizer)

    @torch.no_grad()
    def step(self) -> None:
        l1 = self.threshold.advance()
        gradients = [p.grad for p in self.params]
        torch._foreach_add_(self.accumulators, gradients, alpha=-self.threshold.rate)
        clipped = torch._foreach_clamp_max(self.accumulators, l1)
        torch._foreach_clamp_min_(clipped, -l1)
        torch._foreach_copy_(self.params, self.accumulators)
        torch._foreach_sub_(self.params, clipped)


class CompiledGrda:
    """The same with a compiled update. Its numbers are tensors, so that new values compile nothing."""

    def __init__(self, params, compile_with, **optimizer) -> None:
        self.params = list(params)
        self.accumulators = [p.detach().clone() for p in self.params]
        self.threshold = Threshold(optimizer)
        self.rate = torch.tensor(self.threshold.rate)
        self.update = compile_with(self.update_all)

    def zero_grad(self) -> None:
        for p in self.params:
            p.grad = None

    @staticmethod
    def update_all(params: list, accumulators: list, gradients: list, rate: torch.Tensor, l1: torch.Tensor) -> None:
        for p, v, g in zip(params, accumulators, gradients):
            v.sub_(rate * g)
            p.copy_(v - torch.minimum(torch.maximum(v, -l1), l1))

    @torch.no_grad()
    def step(self) -> None:
        l1 = torch.tensor(self.threshold.advance())
        self.update(self.params, self.accumulators, [p.grad for p in self.params], self.rate, l1)


def stepper(work: Workload, kind: str, layout: torch.memory_format, mode: str | None):
    network = Network(work.topology, work.weights).to(memory_format=layout)
    images = [torch.from_numpy(batch).permute(0, 3, 1, 2).contiguous(memory_format=layout) for batch in work.images]
    labels = [torch.from_numpy(batch).long() for batch in work.labels]
    scale = torch.from_numpy(1 / (255 * work.std)).view(1, -1, 1, 1)
    offset = torch.from_numpy(-work.mean / work.std).view(1, -1, 1, 1)

    def loss_of(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return nn.functional.cross_entropy(network(x.float() * scale + offset), y)

    if kind == "inductor":
        torch._dynamo.reset()
        loss_of = torch.compile(loss_of, mode=mode)
        optimizer = CompiledGrda(network.parameters(), lambda update: torch.compile(update, mode=mode), **work.optimizer)
    else:
        optimizer_class = {"original": OriginalGrda, "foreach": ForeachGrda}[kind]
        optimizer = optimizer_class(list(network.parameters()), **work.optimizer)

    def step(index: int) -> torch.Tensor:
        batch = index % len(images)
        optimizer.zero_grad()
        loss = loss_of(images[batch], labels[batch])
        loss.backward()
        optimizer.step()
        return loss.detach()

    return step


def modes_of(kind: str, layers: int) -> list:
    if kind != "inductor":
        return [None]
    return ["default", "max-autotune"] if layers <= MOST_TUNED_LAYERS else ["default"]


def main() -> None:
    work = load_workload(sys.argv[1])
    kind = sys.argv[2]
    torch.set_num_threads(work.threads)
    variants = product([torch.contiguous_format, torch.channels_last], modes_of(kind, len(work.topology["layers"])))
    layout, mode = fastest(list(variants), lambda variant: stepper(work, kind, *variant))
    name = "channels last" if layout is torch.channels_last else "NCHW"
    version = f"PyTorch {torch.__version__.split('+')[0]}, {name}"
    serve(version + (f", {mode}" if mode else ""), stepper(work, kind, layout, mode))


main()
