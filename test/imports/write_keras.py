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
