"""A Keras model with moved statistics in every file that Keras writes, images, and what it makes of them. Takes the folder."""
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
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
