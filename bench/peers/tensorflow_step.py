"""Takes steps in TensorFlow, each one call of a tf.function, with FOLDER function|xla in argv. Layout: NHWC; XLA also compiles NCHW, and
takes whichever is faster here."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
# As in Thresher's engine; TensorFlow leaves it off without AVX-512.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"

import tensorflow as tf  # noqa: E402
from workload import Threshold, Workload, fastest, load_workload, serve, sources  # noqa: E402


class Network:
    """A network of TensorFlow's own ops, without the overhead of a library on top of them."""

    def __init__(self, topology: dict, weights: dict, layout: str) -> None:
        self.layout = layout
        self.sides = [layout.index(side) for side in "HW"]
        self.layers = topology["layers"]
        self.sources = sources(topology)
        self.trained = {name: tf.Variable(value) for name, value in weights.items() if "/moving" not in name}
        self.statistics = {name: tf.Variable(value) for name, value in weights.items() if "/moving" in name}

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        outputs = []
        for layer, taken in zip(self.layers, self.sources):
            inputs = [x if index < 0 else outputs[index] for index in taken]
            y = self.apply(layer, inputs)
            outputs.append(tf.nn.relu(y) if layer.get("activation") == "relu" else y)
        return outputs[-1]

    def apply(self, layer: dict, inputs: list) -> tf.Tensor:
        x, kind, name = inputs[0], layer["type"], layer["name"]
        if kind == "conv2d":
            strides, padding = layer.get("strides", 1), layer["padding"].upper()
            y = tf.nn.conv2d(x, self.trained[f"{name}/kernel"], strides, padding, self.layout)
            return tf.nn.bias_add(y, self.trained[f"{name}/bias"], self.layout) if "biasInitializer" in layer else y
        if kind == "dense":
            return tf.nn.bias_add(x @ self.trained[f"{name}/kernel"], self.trained[f"{name}/bias"])
        if kind == "batchNormalization":
            return self.normalise(layer, x)
        if kind == "maxPooling2d":
            return tf.nn.max_pool2d(x, layer["poolSize"], layer.get("strides", layer["poolSize"]), "VALID", self.layout)
        if kind == "zeroPadding2d":
            return tf.pad(x, [[layer["padding"] if axis in self.sides else 0] * 2 for axis in range(4)])
        simple = {
            "dropout": lambda: tf.nn.dropout(x, layer["rate"]) if layer["rate"] > 0 else x,
            "flatten": lambda: tf.reshape(self.channels_last(x), [x.shape[0], -1]),
            "globalAveragePooling2d": lambda: tf.reduce_mean(x, self.sides),
            "activation": lambda: x,
            "add": lambda: tf.add_n(inputs),
        }
        return simple[kind]()

    def channels_last(self, x: tf.Tensor) -> tf.Tensor:
        return tf.transpose(x, [0, 2, 3, 1]) if self.layout == "NCHW" and len(x.shape) == 4 else x

    def along_channels(self, values: tf.Tensor) -> tf.Tensor:
        return values if self.layout == "NHWC" else values[:, None, None]

    def normalise(self, layer: dict, x: tf.Tensor) -> tf.Tensor:
        name = layer["name"]
        mean, variance = (self.statistics[f"{name}/moving{what}"] for what in ("Mean", "Variance"))
        gamma, beta = (self.trained[f"{name}/{what}"] for what in ("gamma", "beta"))
        y, new_mean, new_variance = tf.compat.v1.nn.fused_batch_norm(
            x,
            gamma,
            beta,
            mean,
            variance,
            epsilon=layer["epsilon"],
            data_format=self.layout,
            is_training=True,
            exponential_avg_factor=1 - layer["momentum"],
        )
        mean.assign(new_mean)
        variance.assign(new_variance)
        return y


def stepper(work: Workload, uses_xla: bool, layout: str):
    network = Network(work.topology, work.weights, layout)
    variables = list(network.trained.values())
    accumulators = [tf.Variable(variable) for variable in variables]
    threshold = Threshold(work.optimizer)
    scale, offset = (network.along_channels(tf.constant(x)) for x in (1 / (255 * work.std), -work.mean / work.std))
    images = [tf.constant(batch if layout == "NHWC" else batch.transpose(0, 3, 1, 2)) for batch in work.images]
    labels = [tf.constant(batch) for batch in work.labels]
    signature = [
        tf.TensorSpec(images[0].shape, tf.uint8),
        tf.TensorSpec(labels[0].shape, tf.int32),
        tf.TensorSpec([], tf.float32),
        tf.TensorSpec([], tf.float32),
    ]

    @tf.function(input_signature=signature, jit_compile=uses_xla)
    def compiled(x, y, rate, l1):
        with tf.GradientTape() as tape:
            logits = network(tf.cast(x, tf.float32) * scale + offset)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
            loss = tf.reduce_mean(losses)
        for v, w, g in zip(accumulators, variables, tape.gradient(loss, variables)):
            v.assign_sub(rate * g)
            w.assign(tf.sign(v) * tf.maximum(tf.abs(v) - l1, 0.0))
        return loss

    rate = tf.constant(threshold.rate)

    def step(index: int) -> tf.Tensor:
        batch = index % len(images)
        return compiled(images[batch], labels[batch], rate, tf.constant(threshold.advance(), tf.float32))

    return step


def main() -> None:
    work = load_workload(sys.argv[1])
    uses_xla = sys.argv[2] == "xla"
    tf.config.threading.set_intra_op_parallelism_threads(work.threads)
    layouts = ["NHWC", "NCHW"] if uses_xla else ["NHWC"]
    layout = fastest(layouts, lambda layout: stepper(work, uses_xla, layout))
    serve(f"TensorFlow {tf.__version__}, {layout}", stepper(work, uses_xla, layout))


main()
