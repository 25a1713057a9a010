"""Takes steps in JAX, each one call of a jitted function that reuses its variables' memory, with FOLDER in argv. Layout: NHWC or NCHW,
whichever is faster here."""

import sys
from functools import partial

import jax
import jax.numpy as jnp
from jax import lax
from workload import Threshold, Workload, fastest, load_workload, serve, sources

# The generator with the least work for each number.
jax.config.update("jax_default_prng_impl", "unsafe_rbg")


class Network:
    """A network of JAX's own functions: `apply` is one layer."""

    def __init__(self, topology: dict, layout: str) -> None:
        self.layers = topology["layers"]
        self.sources = sources(topology)
        self.layout = layout
        self.sides = tuple(layout.index(side) for side in "HW")
        self.channels = layout.index("C")

    def __call__(self, variables: dict, x: jax.Array, key: jax.Array) -> tuple:
        """The logits and the new statistics."""
        outputs, statistics = [], {}
        for layer, taken in zip(self.layers, self.sources):
            inputs = [x if index < 0 else outputs[index] for index in taken]
            y = self.apply(layer, inputs, variables, key, statistics)
            outputs.append(jax.nn.relu(y) if layer.get("activation") == "relu" else y)
        return outputs[-1], statistics

    def apply(self, layer: dict, inputs: list, variables: dict, key: jax.Array, statistics: dict) -> jax.Array:
        x, kind, name = inputs[0], layer["type"], layer["name"]
        simple = {
            "zeroPadding2d": lambda: jnp.pad(x, [self.margin(axis, layer.get("padding")) for axis in range(4)]),
            "dropout": lambda: self.drop(x, layer["rate"], jax.random.fold_in(key, len(name))),
            "flatten": lambda: (x if self.layout == "NHWC" or x.ndim == 2 else x.transpose(0, 2, 3, 1)).reshape(x.shape[0], -1),
            "globalAveragePooling2d": lambda: x.mean(self.sides),
            "activation": lambda: x,
            "add": lambda: sum(inputs[1:], inputs[0]),
            "maxPooling2d": lambda: self.pool(layer, x),
            "dense": lambda: x @ variables[f"{name}/kernel"] + variables[f"{name}/bias"],
            "conv2d": lambda: self.convolve(layer, x, variables),
            "batchNormalization": lambda: self.normalise(layer, x, variables, statistics),
        }
        return simple[kind]()

    def margin(self, axis: int, padding: int) -> tuple:
        return (padding, padding) if axis in self.sides else (0, 0)

    def along_channels(self, values: jax.Array) -> jax.Array:
        return values if self.layout == "NHWC" else values[:, None, None]

    def drop(self, x: jax.Array, rate: float, key: jax.Array) -> jax.Array:
        return jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0) if rate > 0 else x

    def pool(self, layer: dict, x: jax.Array) -> jax.Array:
        def window(size: int) -> tuple:
            return tuple(size if axis in self.sides else 1 for axis in range(4))

        size = layer["poolSize"]
        return lax.reduce_window(x, -jnp.inf, lax.max, window(size), window(layer.get("strides", size)), "VALID")

    def convolve(self, layer: dict, x: jax.Array, variables: dict) -> jax.Array:
        strides = (layer.get("strides", 1),) * 2
        numbers = (self.layout, "HWIO", self.layout)
        kernel = variables[f"{layer['name']}/kernel"]
        y = lax.conv_general_dilated(x, kernel, strides, layer["padding"].upper(), dimension_numbers=numbers)
        bias = variables.get(f"{layer['name']}/bias")
        return y if bias is None else y + self.along_channels(bias)

    def normalise(self, layer: dict, x: jax.Array, variables: dict, statistics: dict) -> jax.Array:
        name, momentum = layer["name"], layer["momentum"]
        axes = tuple(axis for axis in range(4) if axis != self.channels)
        mean, variance = x.mean(axes), x.var(axes)
        unbiased = variance * (x.size / mean.size / (x.size / mean.size - 1))
        for what, value in (("Mean", mean), ("Variance", unbiased)):
            before = variables[f"{name}/moving{what}"]
            statistics[f"{name}/moving{what}"] = momentum * before + (1 - momentum) * value
        scale = variables[f"{name}/gamma"] * lax.rsqrt(variance + layer["epsilon"])
        offset = variables[f"{name}/beta"] - mean * scale
        return x * self.along_channels(scale) + self.along_channels(offset)


def stepper(work: Workload, layout: str):
    network = Network(work.topology, layout)
    own = {name: jnp.asarray(value) for name, value in work.weights.items()}
    state = {
        "trained": {name: value for name, value in own.items() if "/moving" not in name},
        "statistics": {name: value for name, value in own.items() if "/moving" in name},
        "accumulators": {name: value.copy() for name, value in own.items() if "/moving" not in name},
    }
    threshold = Threshold(work.optimizer)
    order = (0, 1, 2, 3) if layout == "NHWC" else (0, 3, 1, 2)
    images = [jax.device_put(batch.transpose(order)) for batch in work.images]
    labels = [jax.device_put(batch) for batch in work.labels]
    scale, offset = (network.along_channels(jnp.asarray(x)) for x in (1 / (255 * work.std), -work.mean / work.std))
    rate = jnp.float32(threshold.rate)

    @partial(jax.jit, donate_argnums=0)
    def compiled(state: dict, x: jax.Array, y: jax.Array, rate: jax.Array, l1: jax.Array, index: jax.Array) -> tuple:
        def loss_of(trained: dict) -> tuple:
            variables = {**trained, **state["statistics"]}
            logits, statistics = network(variables, x.astype("f4") * scale + offset, jax.random.key(index))
            chosen = jnp.take_along_axis(logits, y[:, None], 1)[:, 0]
            return (jax.nn.logsumexp(logits, 1) - chosen).mean(), statistics

        (loss, statistics), gradients = jax.value_and_grad(loss_of, has_aux=True)(state["trained"])
        moved = {name: v - rate * gradients[name] for name, v in state["accumulators"].items()}
        trained = {name: v - jnp.clip(v, -l1, l1) for name, v in moved.items()}
        return {"trained": trained, "statistics": statistics, "accumulators": moved}, loss

    def step(index: int) -> jax.Array:
        nonlocal state
        batch = index % len(images)
        state, loss = compiled(state, images[batch], labels[batch], rate, threshold.advance(), index)
        return loss

    return step


def main() -> None:
    work = load_workload(sys.argv[1])
    layout = fastest(["NHWC", "NCHW"], lambda layout: stepper(work, layout))
    serve(f"JAX {jax.__version__}, {layout}", stepper(work, layout))


main()
