"""Keras models as their users have them. `write FOLDER` writes NAME.json of each; `predict FOLDER` loads NAME.json and NAME.weights.h5
into Keras and writes what they make of NAME.images.npy to NAME.npy; what NAME.keras and NAME.onnx make of it goes to
NAME.keras.npy and NAME.onnx.npy."""
import glob
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
import onnx
import onnxruntime
from keras import layers


def sequential():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.ZeroPadding2D(2),
            layers.Conv2D(8, 5, strides=2, activation="relu"),
            layers.BatchNormalization(momentum=0.9, epsilon=1e-4),
            layers.MaxPooling2D(3, strides=2),
            layers.Flatten(),
            layers.Dense(32, activation="relu", use_bias=False),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def functional():
    image = keras.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, padding="same")(image)
    for strides in [1, 2]:
        y = layers.BatchNormalization()(x)
        y = layers.Activation("tanh")(y)
        y = layers.Conv2D(8, 3, strides=strides, padding="same", activation="sigmoid")(y)
        x = layers.Conv2D(8, 1, strides=strides)(x) if strides > 1 else x
        x = layers.Add()([x, y])
    x = layers.AveragePooling2D(2)(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(10)(x))


def activated():
    names = "relu6 leaky_relu elu selu softplus softsign hard_sigmoid gelu silu swish hard_silu softmax".split()
    vector = keras.Input((12,))
    x = layers.BatchNormalization()(vector)
    branches = [layers.Dense(4, activation=name)(layers.Activation(name)(x)) for name in names]
    own = [layers.LeakyReLU(), layers.LeakyReLU(0.1), layers.ELU(), layers.ReLU(max_value=6), layers.Softmax()]
    branches += [layers.Dense(4)(layer(x)) for layer in own]
    return keras.Model(vector, layers.Dense(5)(layers.Add()(branches)))


def pooled():
    return keras.Sequential(
        [
            keras.Input((11, 12, 2)),
            layers.Conv2D(4, (3, 2), padding="same", activation="softmax"),
            layers.MaxPooling2D(3, strides=2, padding="same"),
            layers.Conv2D(4, (1, 2), strides=(1, 2), padding="same", activation="gelu"),
            layers.AveragePooling2D((3, 2), strides=(2, 1), padding="same"),
            layers.Conv2D(5, 1, activation="hard_sigmoid"),
            layers.GlobalMaxPooling2D(),
        ]
    )


def merged():
    image = keras.Input((6, 8, 3))
    x = layers.Conv2D(4, 3, padding="same")(image)
    up = layers.UpSampling2D((2, 1))(x)
    padded = layers.ZeroPadding2D(((3, 3), (1, 0)))(layers.ZeroPadding2D((0, 2))(x))
    cut = layers.Conv2D(4, (1, 6))(padded)
    joined = layers.Concatenate()([up, cut, up])
    left = layers.Flatten()(layers.MaxPooling2D(3)(joined))
    right = layers.Flatten()(layers.AveragePooling2D(3)(joined))
    both = layers.Multiply()([layers.Activation("tanh")(left), right])
    mean = layers.Average()([both, layers.Dense(96)(right)])
    vectors = layers.Concatenate()([left, both, mean, layers.Dense(7)(both)])
    again = layers.Reshape((4, 6, -1))(layers.Conv2D(4, 1)(layers.Reshape((2, 12, 4))(left)))
    last = layers.Concatenate()([vectors, layers.Flatten()(again)])
    sums = layers.Dense(18)(layers.BatchNormalization()(last))
    return keras.Model(image, layers.Add()([sums, layers.Flatten()(layers.Conv2D(3, 3, 2)(image))]))


def flattened():
    return keras.Sequential([keras.Input((4, 5, 3)), layers.Conv2D(2, 3), layers.Flatten()])


def along_steps():
    steps = keras.Input((15, 3))
    x = layers.Conv1D(6, 3, activation="softmax")(steps)
    x = layers.MaxPooling1D(3, strides=2, padding="same")(x)
    x = layers.Conv1D(4, 2, strides=2, padding="same", use_bias=False)(layers.BatchNormalization()(x))
    x = layers.AveragePooling1D(2, strides=1)(x)
    means = [layers.GlobalAveragePooling1D()(x), layers.GlobalMaxPooling1D()(x)]
    return keras.Model(steps, layers.Dense(5)(layers.Concatenate()([*means, layers.Flatten()(x)])))


def convolved():
    return keras.Sequential(
        [
            keras.Input((9, 8, 3)),
            layers.DepthwiseConv2D((3, 2), strides=2, padding="same", depth_multiplier=2, activation="leaky_relu"),
            layers.Conv2DTranspose(5, (3, 2), strides=(2, 3), padding="same"),
            layers.Conv2DTranspose(4, 4, strides=2, padding="same", activation="selu", use_bias=False),
            layers.SeparableConv2D(6, 3, strides=2, depth_multiplier=3, activation="hard_sigmoid"),
            layers.Conv2DTranspose(3, (2, 4), strides=3),
            layers.SeparableConv2D(4, (2, 3), padding="same", use_bias=False),
            layers.DepthwiseConv2D(3, use_bias=False),
            layers.GlobalAveragePooling2D(),
        ]
    )


def prepared():
    image = keras.Input((9, 10, 3))
    x = layers.Rescaling([1 / 127.5, 0.5, 2.0], offset=-1)(image)
    x = layers.Normalization(mean=[0.5, 0.4, 0.3], variance=[0.05, 0.04, 1e-20])(layers.Normalization(name="adapted")(x))
    x = layers.Rescaling([1, 1, 1e-6])(layers.Cropping2D(((1, 0), (0, 2)))(x))
    x = layers.Conv2D(6, 3, padding="same")(x * 0.5 + 3.0 - 2)
    x = layers.BatchNormalization(scale=False)(x)
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = layers.Conv2D(2, 1, activation="hard_silu")(y)
    y = layers.Conv2D(6, 1, activation="hard_sigmoid")(y)
    x = layers.Multiply()([x, y])
    x = layers.Dropout(0.1, noise_shape=(None, 1, 1, 1))(layers.BatchNormalization(center=False)(x)) + y
    x = layers.Average()([layers.BatchNormalization(center=False, scale=False)(x) * y, x])
    x = layers.Activation("hard_silu")(layers.Normalization(axis=3, mean=0.5, variance=2.0)(x))
    flat = layers.Flatten()(layers.GlobalMaxPooling2D(keepdims=True)(x))
    pixels = layers.Normalization()(layers.Flatten()(layers.Conv2D(2, 3, 4)(x)))
    pixels = layers.Rescaling([0.1 * i for i in range(8)], offset=[0.2 * i for i in range(8)])(pixels)
    # Of vectors, which TensorFlow.js does not flatten.
    vectors = layers.Flatten()(layers.Concatenate()([flat, pixels]))
    return keras.Model(image, layers.Dense(5)(vectors))


def prepared_steps():
    steps = keras.Input((8, 3))
    x = layers.Normalization()(steps)
    y = layers.GlobalAveragePooling1D(keepdims=True)(layers.Conv1D(4, 1)(x))
    x = layers.Multiply()([layers.Conv1D(4, 3, padding="same")(layers.Rescaling([1, 2, 3], offset=0.5)(x)), y])
    return keras.Model(steps, layers.Dense(5)(layers.Flatten()(layers.GlobalMaxPooling1D(keepdims=True)(x))))


BUILDERS = [sequential, functional, activated, pooled, merged, flattened, along_steps, convolved, prepared, prepared_steps]

command, folder = sys.argv[1:]
if command == "write":
    for build in BUILDERS:
        open(f"{folder}/{build.__name__}.json", "w").write(build().to_json())
else:
    for path in glob.glob(f"{folder}/*.json"):
        name = path.removesuffix(".json")
        text = open(path).read()
        config = json.loads(text)
        # Keras 3 opens what Keras 2 wrote by its config alone, and takes no lists of axes.
        for layer in config["config"]["layers"]:
            if isinstance(layer["config"].get("axis"), list):
                [layer["config"]["axis"]] = layer["config"]["axis"]
        is_new = "module" in config
        model = keras.models.model_from_json(text) if is_new else keras.Model.from_config(config["config"])
        model.load_weights(f"{name}.weights.h5")
        images = np.load(f"{name}.images.npy")
        np.save(f"{name}.npy", np.asarray(model(images, training=False), np.float32))
        exported = keras.saving.load_model(f"{name}.keras")
        np.save(f"{name}.keras.npy", np.asarray(exported(images, training=False), np.float32))
        onnx.checker.check_model(onnx.load(f"{name}.onnx"), full_check=True)
        session = onnxruntime.InferenceSession(f"{name}.onnx", providers=["CPUExecutionProvider"])
        np.save(f"{name}.onnx.npy", session.run(None, {"input": images})[0])
