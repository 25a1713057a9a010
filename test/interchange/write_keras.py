"""A Keras model with moved statistics in every file that Keras writes, images, and what it makes of them. Takes the folder."""
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
import h5py
import keras
import numpy as np
from keras import layers

folder = sys.argv[1]
random = np.random.default_rng(3)
image = keras.Input((12, 12, 3))
x = layers.Conv2D(6, 3, padding="same", activation="relu", name="first")(image)
y = layers.BatchNormalization(name="norm")(x)
y = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(y)
x = layers.Add(name="sum")([x, y])
x = layers.SeparableConv2D(8, 3, strides=2, name="separable")(x)
x = layers.Conv2DTranspose(4, 2, strides=2, name="transposed")(x)
x = layers.Flatten(name="flat")(x)
x = layers.Dense(16, activation="tanh", name="hidden")(x)
x = layers.LayerNormalization(name="layer_norm")(x)
model = keras.Model(image, layers.Dense(5, activation="softmax", name="classes")(x))
for variable in model.weights:
    offset = 1 if "variance" in variable.name else 0
    variable.assign(offset + abs(random.normal(0, 0.2, variable.shape)) if offset else random.normal(0, 0.2, variable.shape))
model.save(f"{folder}/model.keras")
model.save(f"{folder}/legacy.h5")
model.save_weights(f"{folder}/model.weights.h5")
open(f"{folder}/model.json", "w").write(model.to_json())
images = random.random((4, 12, 12, 3), np.float32)
np.save(f"{folder}/images.npy", images)
np.save(f"{folder}/answers.npy", np.asarray(model(images, training=False), np.float32))

# A model that prepares its examples by statistics of its own.
bytes_in = keras.Input((6,))
adapted = layers.Normalization(name="adapted")
x = adapted(bytes_in)
x = layers.Normalization(mean=[1, 2, 3, 4, 5, 6.5], variance=[0.5, 1, 2, 3, 4, 1e-20])(x)
x = layers.Rescaling([1, 1, 1, 1, 1, 1e-6], offset=-0.5)(x)
x = layers.BatchNormalization(scale=False, name="centred")(layers.Dense(4, name="mixed")(x))
x = layers.BatchNormalization(center=False, name="scaled")(layers.Dense(4, name="again")(x))
prepared = keras.Model(bytes_in, layers.Dense(3, activation="softmax", name="classes")(x))
for variable in prepared.trainable_weights:
    variable.assign(random.normal(0, 0.5, variable.shape))
rows = random.normal(100, 50, (40, 6)).astype(np.float32)
adapted.adapt(rows)
prepared.save(f"{folder}/prepared.keras")
prepared.save(f"{folder}/prepared.h5")
prepared.save_weights(f"{folder}/prepared.weights.h5")
open(f"{folder}/prepared.json", "w").write(prepared.to_json())
np.save(f"{folder}/rows.npy", rows[:4])
np.save(f"{folder}/prepared.npy", np.asarray(prepared(rows[:4], training=False), np.float32))

# As Keras 2 writes weights of layers that have slashes in their names.
with h5py.File(f"{folder}/slashes.h5", "w") as file:
    file.attrs["layer_names"] = [b"block/dense"]
    group = file.create_group("block/dense")
    group.attrs["weight_names"] = [b"block/dense/kernel:0", b"block/dense/bias:0"]
    group["block/dense/kernel:0"] = np.array([[1], [2]], np.float32)
    group["block/dense/bias:0"] = np.array([3], np.float32)

# A dataset without a place for numbers.
with h5py.File(f"{folder}/null.weights.h5", "w") as file:
    group = file.create_group("layers/dense/vars")
    group["0"] = h5py.Empty("f4")
    group["1"] = np.zeros(1, np.float32)

# Weights that lie in other files of the host.
secret = f"{folder}/model.weights.h5"
for place in ["external", "link", "virtual"]:
    with h5py.File(f"{folder}/{place}.weights.h5", "w") as file:
        group = file.create_group("layers/dense/vars")
        group["1"] = np.zeros(1, np.float32)
        if place == "external":
            group.create_dataset("0", (2, 1), np.float32, external=[(secret, 0, 8)])
        elif place == "link":
            group["0"] = h5py.ExternalLink(secret, "layers/dense/vars/0")
        else:
            layout = h5py.VirtualLayout((2, 1), np.float32)
            layout[:] = h5py.VirtualSource(secret, "layers/dense/vars/0", (16, 5))[:2, :1]
            group.create_virtual_dataset("0", layout)
