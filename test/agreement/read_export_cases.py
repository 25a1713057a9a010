"""What the files of jobs make of raw examples. DOCS has exports.md, and client/python is beside it; every FOLDER has `examples.npy` and the files. What
FILE answers goes to FILE.npy beside it, what the page's code answers to page.N.npy. A part that a file leaves to its reader is done here by the
file's own metadata."""
import json
import os
import re
import sys
import zipfile

os.environ["KERAS_BACKEND"] = "jax"
import h5py
import keras
import numpy as np
import onnx
import onnxruntime
from safetensors import safe_open

[docs, *folders] = sys.argv[1:]
sys.dont_write_bytecode = True
sys.path.append(f"{docs}/../client/python/src")
import thresher

PAGE = re.findall(r"```python\n(.*?)```", open(f"{docs}/exports.md").read(), re.S)

# The order of a layer's variables in Keras.
WORDS = "kernel recurrentKernel embeddings gamma beta bias movingMean movingVariance".split()


def preprocess(x, preprocessing):
    p = preprocessing if isinstance(preprocessing, dict) else json.loads(preprocessing)
    mean, std = np.array(p["mean"], "float32"), np.array(p["std"], "float32")
    # Axes of length 1 behind the dataset's last one.
    if len(mean) > 1 and x.shape[-1] == 1:
        mean, std = mean[:, None], std[:, None]
    return (x * np.float32(p["scale"]) - mean) / std


def activate(z, activation):
    if activation == "softmax":
        e = np.exp(z - z.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)
    return 1 / (1 + np.exp(-z)) if activation == "sigmoid" else z


def by_metadata(network, x, metadata):
    outputs = network(preprocess(x, metadata["preprocessing"]).astype("float32"))
    return activate(np.asarray(outputs, "float32"), metadata["outputActivation"])


def keras_metadata(path):
    return json.loads(zipfile.ZipFile(path).read("metadata.json"))["thresher"]


def with_weights(bare, tensors):
    """The network of a file that holds weights alone."""
    for layer in bare.layers:
        own = [tensors[f"{layer.name}/{word}"] for word in WORDS if f"{layer.name}/{word}" in tensors]
        layer.set_weights(own)
    return lambda x: bare(x, training=False)


def answers_in(folder):
    x = np.load(f"{folder}/examples.npy")
    whole = keras.saving.load_model(f"{folder}/model.keras")
    yield "model.keras", whole(x, training=False)
    for name in ["logits.keras", "unscaled.keras", "bare.keras"]:
        model = keras.saving.load_model(f"{folder}/{name}")
        call = lambda x: model(x, training=False)
        yield name, by_metadata(call, x, keras_metadata(f"{folder}/{name}"))

    for name in ["model.onnx", "dense.onnx", "bare.onnx"]:
        model = onnx.load(f"{folder}/{name}")
        onnx.checker.check_model(model, full_check=True)
        session = onnxruntime.InferenceSession(f"{folder}/{name}", providers=["CPUExecutionProvider"])
        metadata = session.get_modelmeta().custom_metadata_map
        call = lambda x: session.run(None, {"input": x})[0]
        if name == "bare.onnx":
            yield name, by_metadata(call, x, metadata)
        else:
            yield name, call(x)
            # To follow the metadata of a whole graph changes nothing.
            assert np.array_equal(by_metadata(call, x, metadata), call(x))

    bare = keras.saving.load_model(f"{folder}/bare.keras")
    for model in [whole, bare]:
        model.set_weights([np.zeros_like(w) for w in model.get_weights()])
    whole.load_weights(f"{folder}/model.weights.h5")
    yield "model.weights.h5", whole(x, training=False)
    bare.load_weights(f"{folder}/model.weights.h5")
    attributes = dict(h5py.File(f"{folder}/model.weights.h5").attrs)
    assert np.array_equal(by_metadata(lambda x: bare(x, training=False), x, attributes).argmax(-1), whole(x).argmax(-1))

    with safe_open(f"{folder}/model.safetensors", "np") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        yield "model.safetensors", by_metadata(with_weights(bare, tensors), x, file.metadata())

    for name in ["model.sparse.safetensors", "model.sparse.safetensors.zst"]:
        bare.set_weights([np.zeros_like(w) for w in bare.get_weights()])
        tensors = thresher.load_sparse(f"{folder}/{name}")
        thresher.to_keras(bare, tensors)
        yield name, tensors.activate(bare(tensors.preprocess(x), training=False))

    arrays = np.load(f"{folder}/weights.npz")
    metadata = json.loads(arrays["metadata.json"])
    network = with_weights(bare, arrays)
    yield "weights.npz", by_metadata(network, x, metadata)

    # The page leaves out how to broadcast over axes behind those of the dataset.
    if x.shape[-1] != 1:
        os.chdir(folder)
        for index, code in enumerate(PAGE):
            names = {"x": x, "network": lambda x: np.asarray(network(x))}
            exec(code, names)
            yield f"page.{index}", names["answers"]


for folder in folders:
    for name, answer in answers_in(folder):
        np.save(f"{folder}/{name}.npy", np.asarray(answer, np.float32))
