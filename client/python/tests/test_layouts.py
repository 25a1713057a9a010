"""Files of models, read and converted. LAYOUTS is a folder with the same models in several formats."""

from __future__ import annotations

import json
import os
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, Tuple

import keras
import numpy as np

import thresher

FOLDER = Path(os.environ["LAYOUTS"])
MODELS = sorted(path.name[: -len(".keras")] for path in FOLDER.glob("*.keras"))


def read(model: str, ending: str) -> thresher.SparseModel:
    return thresher.load_sparse(FOLDER / f"{model}.{ending}")


class LayoutTest(unittest.TestCase):
    def assert_same(self, found: Dict[str, Any], expected: Dict[str, Any]) -> None:
        self.assertEqual({n: t.shape for n, t in found.items()}, {n: t.shape for n, t in expected.items()})
        for name, tensor in expected.items():
            self.assertEqual(found[name].dtype, tensor.dtype, name)
            np.testing.assert_array_equal(found[name], tensor, name)


class Reading(LayoutTest):
    def test_sparse_and_compressed_files_hold_the_dense_tensors(self) -> None:
        for model in MODELS:
            with self.subTest(model=model):
                dense = read(model, "dense.safetensors")
                self.assertIn("sparse.tensors", read(model, "sparse.safetensors").metadata)
                self.assert_same(read(model, "sparse.safetensors"), dense)
                self.assert_same(read(model, "sparse.safetensors.zst"), dense)

    def test_bfloat16_is_widened_to_the_nearest_float32(self) -> None:
        for model in MODELS:
            with self.subTest(model=model):
                dense, halves = read(model, "dense.safetensors"), read(model, "sparse.bf16.safetensors")
                for name, tensor in dense.items():
                    self.assertEqual(halves[name].dtype, np.float32)
                    np.testing.assert_allclose(halves[name], tensor, rtol=2**-8)
                self.assertTrue(any((halves[name] != dense[name]).any() for name in dense))


    def test_int8_is_a_multiple_of_the_scale_of_the_output_channel(self) -> None:
        for model in MODELS:
            with self.subTest(model=model):
                dense, rounded = read(model, "dense.safetensors"), read(model, "sparse.int8.safetensors")
                self.assertEqual(rounded.metadata["sparse.version"], "2")
                for name, tensor in dense.items():
                    self.assertEqual(rounded[name].dtype, np.float32)
                    scale = np.abs(tensor).max(inputs_of(name, tensor), keepdims=True) / np.float32(127)
                    if "ernel" in name or name.endswith("embeddings"):
                        expected = np.rint(np.divide(tensor, scale, out=np.zeros_like(tensor, np.float64), where=scale > 0))
                        np.testing.assert_array_equal(rounded[name], expected.astype(np.float32) * scale, name)
                    else:
                        np.testing.assert_array_equal(rounded[name], tensor, name)
                self.assert_same(read(model, "sparse.int8.safetensors.zst"), rounded)

    def test_int8_without_the_right_scales_is_refused(self) -> None:
        header, data = split(FOLDER / "recurrences.sparse.int8.safetensors")
        scales = header["answer/kernel.scales"]
        one = {**scales, "shape": [1], "data_offsets": [0, 4]}
        for damaged in [{**header, "answer/kernel.scales": one}, without(header, "answer/kernel.scales")]:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "damaged.safetensors"
                text = json.dumps(damaged).encode()
                path.write_bytes(len(text).to_bytes(8, "little") + text + data)
                with self.assertRaisesRegex(thresher.ModelFileError, "answer/kernel"):
                    thresher.load_sparse(path)


def inputs_of(name: str, tensor: Any) -> Tuple[int, ...]:
    """The axes of a kernel that do not number its outputs."""
    if name.endswith("depthwiseKernel"):
        return (0, 1)
    return (0, 1, 3) if name == "transposed/kernel" else tuple(range(tensor.ndim - 1))


def split(path: Path) -> Tuple[Dict[str, Any], bytes]:
    file = path.read_bytes()
    begin = 8 + int.from_bytes(file[:8], "little")
    return json.loads(file[8:begin]), file[begin:]


def without(header: Dict[str, Any], name: str) -> Dict[str, Any]:
    return {key: value for key, value in header.items() if key != name}


class Torch(LayoutTest):
    def test_the_layout_is_that_of_the_export_for_pytorch(self) -> None:
        for model in MODELS:
            with self.subTest(model=model):
                exported = read(model, "torch.safetensors")
                expected = {n: t for n, t in exported.items() if not n.endswith("num_batches_tracked")}
                self.assert_same(thresher.torch_layout(read(model, "sparse.safetensors")), expected)
                self.assertEqual(thresher.torch_layout(exported).keys(), exported.keys())

    def test_tensors_without_a_description_of_their_network_are_refused(self) -> None:
        bare = thresher.SparseModel({"dense/kernel": np.zeros((2, 3))}, {})
        with self.assertRaisesRegex(thresher.ModelMismatchError, "no metadata `topology`"):
            thresher.torch_layout(bare)


class Keras(LayoutTest):
    def test_the_exported_model_gets_its_weights_back(self) -> None:
        for model in MODELS:
            with self.subTest(model=model):
                loaded = keras.saving.load_model(FOLDER / f"{model}.keras")
                expected = [np.array(weight) for weight in loaded.get_weights()]
                loaded.set_weights([np.zeros_like(weight) for weight in expected])
                self.assertIs(thresher.to_keras(loaded, read(model, "sparse.safetensors")), loaded)
                for found, wanted in zip(loaded.get_weights(), expected):
                    np.testing.assert_array_equal(found, wanted)

    def test_layers_with_other_names_are_matched_in_order_or_by_a_table(self) -> None:
        tensors = read("flattened sequences", "sparse.safetensors")
        # The last name agrees with that of another layer, as numbered names do by accident.
        tables = [None, {"conv": "c", "steps": "answer", "answer": "e"}]
        for names in tables:
            layers = keras.layers
            model = keras.Sequential(
                [
                    layers.Input((12, 4)),
                    layers.Conv1D(6, 3, name="c"),
                    layers.MaxPooling1D(),
                    layers.Reshape((3, 10)),
                    layers.Dense(4, name="answer"),
                    layers.Flatten(),
                    layers.Dense(3, name="e"),
                ]
            )
            thresher.to_keras(model, tensors, names=names)
            np.testing.assert_array_equal(model.get_layer("e").get_weights()[0], tensors["answer/kernel"])

    def test_every_tensor_that_does_not_fit_is_named_and_nothing_is_changed(self) -> None:
        layers = keras.layers
        model = keras.Sequential([layers.Input((3, 10)), layers.Dense(5, name="steps"), layers.Dense(2, name="more")])
        before = model.get_weights()
        with self.assertRaises(thresher.ModelMismatchError) as raised:
            thresher.to_keras(model, read("flattened sequences", "sparse.safetensors"))
        lines = str(raised.exception).splitlines()[1:]
        self.assertEqual(
            [line.strip() for line in lines],
            [
                "steps/kernel is [10, 4] in the file and [10, 5] in the model",
                "steps/bias is [4] in the file and [5] in the model",
                "more/kernel [5, 2] of the model is not in the file",
                "more/bias [2] of the model is not in the file",
                "conv/bias [6] of the file is not in the model",
                "conv/kernel [3, 4, 6] of the file is not in the model",
                "answer/bias [3] of the file is not in the model",
                "answer/kernel [12, 3] of the file is not in the model",
            ],
        )
        for found, wanted in zip(model.get_weights(), before):
            np.testing.assert_array_equal(found, wanted)

    def test_the_layout_of_pytorch_is_refused(self) -> None:
        with self.assertRaisesRegex(thresher.ModelMismatchError, "layout of PyTorch"):
            thresher.to_keras(keras.Sequential(), read("recurrences", "torch.safetensors"))


if __name__ == "__main__":
    unittest.main()
