"""A Keras model in each precision, and what it makes of some points. Takes the folder."""
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
import jax

jax.config.update("jax_enable_x64", True)
import keras
import numpy as np

folder = sys.argv[1]
points = np.random.default_rng(2).random((4, 5), np.float32)
answers = {}
for precision in ["float16", "bfloat16", "float64", "mixed_float16"]:
    keras.mixed_precision.set_dtype_policy(precision)
    x = keras.Input((5,), name="points")
    y = keras.layers.Dense(8, activation="relu", name="hidden")(x)
    y = keras.layers.BatchNormalization(name="norm")(y)
    model = keras.Model(x, keras.layers.Dense(3, activation="softmax", name="classes")(y))
    model.save(f"{folder}/{precision}.keras")
    if precision != "bfloat16":
        model.save(f"{folder}/{precision}.h5")
    # In float32 of the same weights: what is read is what was saved.
    keras.mixed_precision.set_dtype_policy("float32")
    plain = keras.models.clone_model(model, clone_function=lambda layer: layer.__class__.from_config({**layer.get_config(), "dtype": "float32"}))
    plain.set_weights([np.asarray(weight).astype(np.float32) for weight in model.get_weights()])
    answers[precision] = np.asarray(plain(points)).astype(float).ravel().tolist()
json.dump({"points": points.astype(float).ravel().tolist(), "answers": answers}, open(f"{folder}/answers.json", "w"))
