"""Opens what Thresher exports with the programs it is made for. FOLDER has the files, `pixels.npy` for graphs that take those, and
`inputs.npy` for bare ones; what GRAPH.FORMAT answers goes to GRAPH.FORMAT.npy beside it."""
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
import onnx
import onnxruntime
import scipy.sparse
from safetensors.numpy import load_file

folder, *graphs = sys.argv[1:]
pixels = np.load(f"{folder}/pixels.npy")
inputs = np.load(f"{folder}/inputs.npy")


def answer(name, outputs):
    np.save(f"{folder}/{name}.npy", np.asarray(outputs, np.float32))


for graph in graphs:
    model = keras.saving.load_model(f"{folder}/{graph}.keras")
    # Pixels as bytes, as images are read.
    answer(f"{graph}.keras", model(inputs if graph == "bare" else pixels.astype(np.uint8), training=False))

for graph, weights in [(graphs[0], "model"), ("compact", "compact")][: 2 if "compact" in graphs else 1]:
    fresh = keras.models.model_from_json(keras.saving.load_model(f"{folder}/{graph}.keras").to_json())
    fresh.load_weights(f"{folder}/{weights}.weights.h5")
    answer(f"{graph}.keras.weights", fresh(pixels, training=False))

for name in [f"{graphs[0]}.dense.onnx", *(f"{graph}.onnx" for graph in graphs)]:
    onnx.checker.check_model(onnx.load(f"{folder}/{name}"), full_check=True)
    session = onnxruntime.InferenceSession(f"{folder}/{name}", providers=["CPUExecutionProvider"])
    answer(name, session.run(None, {"input": inputs if name == "bare.onnx" else pixels})[0])

dense = load_file(f"{folder}/model.safetensors")
arrays = np.load(f"{folder}/weights.npz")
names = {name for name in arrays.files if not name.endswith((".csr.npz", ".json"))}
assert names == set(dense), names ^ set(dense)
for name, tensor in dense.items():
    assert np.array_equal(arrays[name], tensor), name
    if tensor.ndim > 1:
        path = f"{folder}/matrix.npz"
        open(path, "wb").write(arrays[f"{name}.csr.npz"])
        matrix = scipy.sparse.load_npz(path)
        assert matrix.nnz == np.count_nonzero(tensor), name
        assert np.array_equal(matrix.toarray(), tensor.reshape(-1, tensor.shape[-1])), name
