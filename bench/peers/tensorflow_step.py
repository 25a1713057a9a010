"""Takes steps in TensorFlow, each one call of a tf.function, with FOLDER in argv."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import tensorflow as tf  # noqa: E402
from workload import Threshold, load_workload, serve, sources  # noqa: E402


class Network:
    """A network of TensorFlow's own ops, without the overhead of a library on top of them."""

    def __init__(self, topology: dict, weights: dict) -> None:
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
            y = tf.nn.conv2d(x, self.trained[f"{name}/kernel"], layer.get("strides", 1), layer["padding"].upper())
            return tf.nn.bias_add(y, self.trained[f"{name}/bias"]) if "biasInitializer" in layer else y
        if kind == "dense":
            return tf.nn.bias_add(x @ self.trained[f"{name}/kernel"], self.trained[f"{name}/bias"])
        if kind == "batchNormalization":
            return self.normalise(layer, x)
        if kind == "maxPooling2d":
            return tf.nn.max_pool2d(x, layer["poolSize"], layer.get("strides", layer["poolSize"]), "VALID")
        if kind == "zeroPadding2d":
            margin = [layer["padding"]] * 2
            return tf.pad(x, [[0, 0], margin, margin, [0, 0]])
        simple = {
            "dropout": lambda: tf.nn.dropout(x, layer["rate"]) if layer["rate"] > 0 else x,
            "flatten": lambda: tf.reshape(x, [x.shape[0], -1]),
            "globalAveragePooling2d": lambda: tf.reduce_mean(x, [1, 2]),
            "activation": lambda: x,
            "add": lambda: tf.add_n(inputs),
        }
        return simple[kind]()

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
            is_training=True,
            exponential_avg_factor=1 - layer["momentum"],
        )
        mean.assign(new_mean)
        variance.assign(new_variance)
        return y


def main() -> None:
    work = load_workload(sys.argv[1])
    tf.config.threading.set_intra_op_parallelism_threads(work.threads)
    network = Network(work.topology, work.weights)
    variables = list(network.trained.values())
    accumulators = [tf.Variable(variable) for variable in variables]
    threshold = Threshold(work.optimizer)
    scale, offset = tf.constant(1 / (255 * work.std)), tf.constant(-work.mean / work.std)
    images = [tf.constant(batch) for batch in work.images]
    labels = [tf.constant(batch) for batch in work.labels]
    signature = [
        tf.TensorSpec(images[0].shape, tf.uint8),
        tf.TensorSpec(labels[0].shape, tf.int32),
        tf.TensorSpec([], tf.float32),
        tf.TensorSpec([], tf.float32),
    ]

    @tf.function(input_signature=signature)
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

    serve(f"TensorFlow {tf.__version__}", step)


main()
