"""Keras models over tables and sequences. `write FOLDER` writes NAME.json of each; `read FOLDER` opens what was made of them here,
NAME.keras, NAME.weights.h5, NAME.onnx and NAME.dense.onnx, and writes what each makes of NAME.inputs.npy to NAME.READER.npy."""
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
import onnx
import onnxruntime
from keras import layers


def table():
    return keras.Sequential(
        [
            keras.Input((9,)),
            layers.Dense(16),
            layers.LayerNormalization(epsilon=1e-5),
            layers.Activation("relu"),
            layers.Dense(12, activation="relu", use_bias=False),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.Dense(4, activation="softmax"),
        ]
    )


def steps():
    return keras.Sequential(
        [
            keras.Input((6, 5)),
            layers.Dense(8, activation="tanh"),
            layers.LayerNormalization(),
            layers.Dense(7, use_bias=False),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


def words():
    return keras.Sequential(
        [
            keras.Input((11,)),
            layers.Embedding(40, 6, embeddings_initializer="uniform"),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


MODELS = [table, steps, words]


def answer(name, reader, logits):
    np.save(f"{folder}/{name}.{reader}.npy", np.asarray(logits, np.float32))


command, folder = sys.argv[1:]
if command == "write":
    for build in MODELS:
        open(f"{folder}/{build.__name__}.json", "w").write(build().to_json())
else:
    for build in MODELS:
        name = build.__name__
        inputs = np.load(f"{folder}/{name}.inputs.npy")
        theirs = keras.models.model_from_json(open(f"{folder}/{name}.json").read())
        theirs.load_weights(f"{folder}/{name}.weights.h5")
        # Networks here give logits.
        theirs.layers[-1].activation = keras.activations.linear
        answer(name, "theirs", theirs(inputs, training=False))
        answer(name, "keras", keras.saving.load_model(f"{folder}/{name}.keras")(inputs, training=False))
        for reader in ["onnx", "dense.onnx"]:
            path = f"{folder}/{name}.{reader}"
            onnx.checker.check_model(onnx.load(path), full_check=True)
            session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
            answer(name, reader, session.run(None, {"input": inputs})[0])
