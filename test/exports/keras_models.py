"""Keras models as their users have them. `write FOLDER` writes NAME.json of each; `predict FOLDER` loads NAME.json and NAME.weights.h5
into Keras and writes what they make of NAME.images.npy to NAME.npy."""
import glob
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
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


command, folder = sys.argv[1:]
if command == "write":
    for build in [sequential, functional]:
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
        np.save(f"{name}.npy", np.asarray(model(np.load(f"{name}.images.npy"), training=False), np.float32))
