"""`make FOLDER` trains a small Keras model and saves it with its data; `ask FOLDER FILE` is what a model of Keras makes of the test data."""
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np

what, folder = sys.argv[1:3]
if what == "make":
    keras.utils.set_random_seed(1)
    random = np.random.default_rng(4)
    labels = random.integers(0, 3, 360)
    # Each class is brighter in a corner of its own; far from mean 0 and variance 1.
    images = random.normal(4, 3, (360, 8, 8, 1)).astype(np.float32)
    for image, label in zip(images, labels):
        image[4 * (label // 2) :, 4 * (label % 2) :] += 3
    np.savez(f"{folder}/data.npz", x_train=images[:300], y_train=labels[:300], x_test=images[300:], y_test=labels[300:])
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(8, 3, activation="relu", name="window"),
            keras.layers.BatchNormalization(name="norm"),
            keras.layers.Flatten(name="flat"),
            keras.layers.Dense(32, activation="relu", name="hidden"),
            keras.layers.Dense(3, activation="softmax", name="classes"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(images[:300], labels[:300], epochs=30, verbose=0)
    model.save(f"{folder}/trained.keras")

model = keras.saving.load_model(f"{folder}/{sys.argv[3] if what == 'ask' else 'trained.keras'}")
images = np.load(f"{folder}/data.npz")["x_test"]
answers = {"inputs": images.tolist(), "outputs": np.asarray(model(images, training=False)).tolist()}
json.dump(answers, open(f"{folder}/answers.json", "w"))
