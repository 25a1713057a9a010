"""Weights in PyTorch, compared with the predictions of a real service. THRESHER_URL is its address, NOTEBOOK a file."""

from __future__ import annotations

import json
import os
import tempfile
import unittest
from pathlib import Path
from typing import Any, Callable, ClassVar, Dict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

import thresher

IMAGES = np.random.default_rng(3).integers(0, 256, (64, 28, 28, 1), np.uint8)
Predict = Callable[[NDArray[Any]], NDArray[Any]]


class LeNet(nn.Module):  # type: ignore[misc,unused-ignore]
    """The network of the preset mnist-lenet, with other names of its modules."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2))
        )
        self.head = nn.Sequential(nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))

    def forward(self, x: Any) -> Any:
        return self.head(self.features(x).flatten(1))


NAMES = {"conv1": "features.0", "conv2": "features.3", "fc1": "head.0", "fc2": "head.2"}


class TorchTest(unittest.TestCase):
    jobs: ClassVar[Dict[str, thresher.Job]]
    tensors: ClassVar[Dict[str, thresher.SparseModel]]

    @classmethod
    def setUpClass(cls) -> None:
        client = thresher.Client()
        optimizer = {"name": "grda", "learningRate": 0.1, "c": 0.002, "mu": 0.6}
        fields: Dict[str, Any] = {"optimizer": optimizer, "validation": {"fraction": 0.9}, "epochs": 1}
        presets = ["mnist-mlp", "mnist-lenet"]
        cls.jobs = {preset: client.submit(preset=preset, **fields).wait() for preset in presets}
        cls.tensors = {}
        with tempfile.TemporaryDirectory() as folder:
            for preset, job in cls.jobs.items():
                path = job.download("model.sparse.safetensors", Path(folder) / preset)
                cls.tensors[preset] = thresher.load_sparse(path)

    def assert_predicts(self, preset: str, module: nn.Module) -> None:
        tensors = self.tensors[preset]
        module.eval()
        with torch.no_grad():
            outputs = module(torch.from_numpy(tensors.preprocess(IMAGES, channels_first=True))).numpy()
        answers = self.jobs[preset].predict(IMAGES).outputs
        self.assertGreater(np.ptp(answers[:, 0]), 1e-3)
        np.testing.assert_allclose(tensors.activate(outputs), answers, atol=1e-5)

    def test_a_convolutional_network_predicts_what_the_service_predicts(self) -> None:
        for names in (None, NAMES):
            module = thresher.to_torch(LeNet(), self.tensors["mnist-lenet"], names=names)
            self.assert_predicts("mnist-lenet", module)

    def test_a_file_in_the_layout_of_pytorch_loads_too(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = self.jobs["mnist-lenet"].download("model.safetensors", folder, layout="torch")
            self.assert_predicts("mnist-lenet", thresher.to_torch(LeNet(), thresher.load_sparse(path)))

    def test_the_function_of_the_notebook_predicts_what_the_service_predicts(self) -> None:
        cells = json.loads(Path(os.environ["NOTEBOOK"]).read_text())["cells"]
        [source] = ["".join(c["source"]) for c in cells if "def torch_network" in "".join(c["source"])]
        scope: Dict[str, Any] = {"thresher": thresher}
        exec(source[: source.index("def keras_network")], scope)
        predict: Predict = scope["torch_network"](self.tensors["mnist-mlp"])
        answers = self.jobs["mnist-mlp"].predict(IMAGES).outputs
        np.testing.assert_allclose(predict(IMAGES), answers, atol=1e-5)

    def test_the_module_keeps_its_types(self) -> None:
        module = LeNet().to(torch.float64)
        thresher.to_torch(module, self.tensors["mnist-lenet"])
        self.assertEqual({p.dtype for p in module.parameters()}, {torch.float64})

    def test_a_module_that_does_not_fit_is_unchanged_and_every_difference_is_named(self) -> None:
        module = LeNet()
        module.head[2] = nn.Linear(500, 7)
        before = {name: value.clone() for name, value in module.state_dict().items()}
        with self.assertRaises(thresher.ModelMismatchError) as raised:
            thresher.to_torch(module, self.tensors["mnist-lenet"])
        self.assertIn("head.2.weight is [10, 500] in the file and [7, 500] in the module", str(raised.exception))
        for name, value in module.state_dict().items():
            self.assertTrue(torch.equal(value, before[name]))


if __name__ == "__main__":
    unittest.main()
