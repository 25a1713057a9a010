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


def lstm():
    return keras.Sequential(
        [
            keras.Input((12,)),
            layers.Embedding(50, 8),
            layers.LSTM(16),
            layers.Dropout(0.3),
            layers.Dense(3, activation="softmax"),
        ]
    )


def lstms():
    return keras.Sequential(
        [
            keras.Input((7, 5)),
            layers.LSTM(6, return_sequences=True, use_bias=False),
            layers.LSTM(9, return_sequences=True, go_backwards=True, unit_forget_bias=False),
            layers.LayerNormalization(),
            layers.LSTM(4, go_backwards=True),
            layers.Dense(3),
        ]
    )


def grus():
    return keras.Sequential(
        [
            keras.Input((7, 5)),
            layers.GRU(6, return_sequences=True, use_bias=False),
            layers.GRU(9, return_sequences=True, go_backwards=True),
            layers.GRU(8),
            layers.Dense(3),
        ]
    )


def simple():
    return keras.Sequential(
        [
            keras.Input((7, 5)),
            layers.SimpleRNN(6, return_sequences=True, go_backwards=True),
            layers.SimpleRNN(8, use_bias=False),
            layers.Dense(3),
        ]
    )


def decoder():
    return keras.Sequential(
        [
            keras.Input((7, 5)),
            layers.LSTM(6),
            layers.RepeatVector(4),
            layers.LSTM(5, return_sequences=True),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


def both():
    return keras.Sequential(
        [
            keras.Input((12,)),
            layers.Embedding(50, 8),
            layers.Bidirectional(layers.LSTM(6, return_sequences=True)),
            layers.Bidirectional(layers.SimpleRNN(5, use_bias=False)),
            layers.Dense(3),
        ]
    )


def both_grus():
    sequence = keras.Input((7, 5))
    x = layers.Bidirectional(layers.GRU(6, return_sequences=True))(sequence)
    y = layers.Dense(12, activation="tanh")(x)
    x = layers.Add()([x, y])
    x = layers.Bidirectional(layers.GRU(4))(x)
    return keras.Model(sequence, layers.Dense(3)(x))


MODELS = [table, steps, words, lstm, lstms, grus, simple, decoder, both, both_grus]


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
