"""Opens what Thresher exports with the programs it is made for. FOLDER has the files and `images.npy`; every prediction goes to
OUT.npy beside them."""
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np
import onnx
import onnxruntime
import scipy.sparse
from safetensors.numpy import load_file

folder = sys.argv[1]
images = np.load(f"{folder}/images.npy")


def answer(name, logits):
    np.save(f"{folder}/{name}.npy", np.asarray(logits, np.float32))


model = keras.saving.load_model(f"{folder}/model.keras")
answer("keras", model(images, training=False))

fresh = keras.models.model_from_json(model.to_json())
fresh.load_weights(f"{folder}/model.weights.h5")
answer("keras-weights", fresh(images, training=False))

for name in ["onnx", "onnx-dense"]:
    onnx.checker.check_model(onnx.load(f"{folder}/model.{name}"), full_check=True)
    session = onnxruntime.InferenceSession(f"{folder}/model.{name}", providers=["CPUExecutionProvider"])
    answer(name, session.run(None, {"input": images})[0])

dense = load_file(f"{folder}/model.safetensors")
arrays = np.load(f"{folder}/weights.npz")
names = {name for name in arrays.files if not name.endswith(".csr.npz")}
assert names == set(dense), names ^ set(dense)
for name, tensor in dense.items():
    assert np.array_equal(arrays[name], tensor), name
    if tensor.ndim > 1:
        path = f"{folder}/matrix.npz"
        open(path, "wb").write(arrays[f"{name}.csr.npz"])
        matrix = scipy.sparse.load_npz(path)
        assert matrix.nnz == np.count_nonzero(tensor), name
        assert np.array_equal(matrix.toarray(), tensor.reshape(-1, tensor.shape[-1])), name
