"""Values, files and models that the client refuses, or converts."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict

import keras
import numpy as np

import thresher
from fault_test import JOB
from stub_server import StubServer, send_json
from thresher.to_json import to_json

METADATA = {
    "topology": json.dumps({"inputShape": [4, 5, 1], "layers": []}),
    "preprocessing": json.dumps({"scale": 0.5, "mean": [1], "std": [2]}),
}


def safetensors(metadata: Dict[str, str]) -> bytes:
    header = {"__metadata__": metadata, "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + np.arange(6, dtype="<f4").tobytes()


class Values(unittest.TestCase):
    def test_scalars_and_arrays_of_numpy_are_numbers_and_lists(self) -> None:
        server = StubServer(send_json(201, JOB), send_json(200, {"data": []}))
        self.addCleanup(server.stop)
        client = thresher.Client(server.url, retries=0)
        client.submit(epochs=np.int64(2), target={"sparsity": np.float64(0.5), "at": np.arange(2), "on": np.True_})
        body = json.loads(server.seen[0].body)
        self.assertEqual(body, {"epochs": 2, "target": {"sparsity": 0.5, "at": [0, 1], "on": True}})
        client.request("GET", "/v1/jobs", query={"level": np.array([0.25, 0.5]), "on": np.True_})
        self.assertEqual(server.seen[1].query, {"level": ["0.25", "0.5"], "on": ["true"]})

    def test_a_value_that_json_does_not_have_is_named_by_its_path(self) -> None:
        loop: Dict[str, Any] = {}
        loop["loop"] = loop
        wrong = {
            "optimizer.learningRate: must be a finite number, and is nan": {"optimizer": {"learningRate": float("nan")}},
            "a.1.c.0: must be a finite number, and is -inf": {"a": [1, {"c": np.array([-np.inf, 1])}]},
            "epochs: is of type set": {"epochs": {1}},
            "labels: has the key (1, 2)": {"labels": {(1, 2): "a"}},
            "contains itself": loop,
        }
        for message, value in wrong.items():
            with self.subTest(message), self.assertRaises(thresher.ArgumentError) as raised:
                to_json(value)
            self.assertIn(message, str(raised.exception))


class Files(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "model.safetensors"

    def test_another_or_incomplete_file_is_one_error_that_names_it(self) -> None:
        whole = safetensors(METADATA)
        self.path.write_bytes(whole)
        self.assertEqual(thresher.load_sparse(self.path)["a"].shape, (2, 3))
        page, archive, digits = 20 * b"<html>", b"PK\3\4" + bytes(range(200)), bytes(50)
        zstandard = b"\x28\xb5\x2f\xfd" + bytes(50)
        for content in (b"", page, archive, digits, zstandard, whole[:-1], whole[:-8], whole[:40], b"\2" + bytes(7) + b"[]"):
            self.path.write_bytes(content)
            with self.subTest(content), self.assertRaises(thresher.ModelFileError) as raised:
                thresher.load_sparse(self.path)
            self.assertIn(f"{self.path} is not a safetensors file that can be read, or it is incomplete", str(raised.exception))

    def test_an_unknown_version_is_named(self) -> None:
        self.path.write_bytes(safetensors({"sparse.version": "3"}))
        with self.assertRaisesRegex(thresher.ModelFileError, "version 3 is unknown"):
            thresher.load_sparse(self.path)


class Models(unittest.TestCase):
    tensors = thresher.SparseModel({"dense/kernel": np.ones((20, 2), np.float32)}, METADATA)

    def test_examples_have_the_shape_of_the_network_input(self) -> None:
        for shape in [(3, 4, 5, 1), (3, 4, 5)]:
            x = np.full(shape, 6)
            np.testing.assert_array_equal(self.tensors.preprocess(x), np.ones(shape))
            self.assertEqual(self.tensors.preprocess(x, channels_first=True).shape, (3, 1, 4, 5))
        for shape in [(4, 5), (3, 1, 4, 5), (3, 20), (3, 5, 4), (3, 4, 5, 3), (), (3,)]:
            with self.subTest(shape), self.assertRaises(thresher.ArgumentError) as raised:
                self.tensors.preprocess(np.zeros(shape))
            self.assertIn(f"[examples, 4, 5, 1], and have {list(shape)}", str(raised.exception))

    def test_numbers_per_channel_belong_to_the_last_axis_that_is_longer_than_1(self) -> None:
        preprocessing = {"scale": 1, "mean": [1, 2, 3], "std": [1, 1, 2]}
        topology = {"inputShape": [3, 1, 1], "layers": []}
        metadata = {"topology": json.dumps(topology), "preprocessing": json.dumps(preprocessing)}
        tensors = thresher.SparseModel({}, metadata)
        for shape in [(2, 3), (2, 3, 1), (2, 3, 1, 1)]:
            x = tensors.preprocess(np.tile([2, 4, 7], (2, 1)).reshape(shape))
            np.testing.assert_array_equal(x, np.tile([1, 2, 2], (2, 1)).reshape(shape))

    def test_what_is_no_model_or_no_tensors_is_named(self) -> None:
        with self.assertRaisesRegex(thresher.ArgumentError, "model must be a model of Keras, and is of type NoneType"):
            thresher.to_keras(None, self.tensors)
        with self.assertRaisesRegex(thresher.ArgumentError, "tensors must be what load_sparse returns, and are of type str"):
            thresher.to_keras(keras.Sequential(), "model.safetensors")  # type: ignore[arg-type]

    def test_a_model_that_is_not_built_is_not_filled(self) -> None:
        model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(2, use_bias=False, name="dense")])
        with self.assertRaisesRegex(thresher.ArgumentError, "The model is not built"):
            thresher.to_keras(model, self.tensors)
        model.build((None, 4, 5, 1))
        thresher.to_keras(model, self.tensors)
        np.testing.assert_array_equal(model.get_weights()[0], self.tensors["dense/kernel"])


if __name__ == "__main__":
    unittest.main()
