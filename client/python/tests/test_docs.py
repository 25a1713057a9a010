"""Runs the code of docs/python.md, in its order, with a real service. THRESHER_URL is its address, PAGE the file."""

from __future__ import annotations

import importlib.util
import os
import re
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List
from unittest import mock

import numpy as np

import thresher
from thresher.transport import Transport

BLOCKS = re.findall(r"```python\n(.*?)```", Path(os.environ["PAGE"]).read_text(), re.S)
IMAGES = np.random.default_rng(4).integers(0, 256, (16, 28, 28, 1), np.uint8)


def shortened(path: str, body: Any, dataset: Any) -> Any:
    """The same request for less training: one epoch on a small dataset in place of MNIST."""
    fields = {"epochs": 1, "dataset": {"id": dataset["id"]}}
    if path == "/v1/jobs" and body["model"] == {"preset": "mnist-mlp"}:
        return {**body, **fields, "finish": {"tradeoff": True}}
    return {**body, "base": {**body["base"], **fields}} if path == "/v1/sweeps" else body


class Page(unittest.TestCase):
    def setUp(self) -> None:
        y = np.arange(160) % 10
        dataset = thresher.Client().datasets.create("pictures", IMAGES[np.arange(160) % 16], y)
        send = Transport.json
        short = lambda self, method, path, body=None, **options: send(
            self, method, path, shortened(path, body, dataset), **options
        )
        patch = mock.patch.object(Transport, "json", short)
        patch.start()
        self.addCleanup(patch.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        Path("models").mkdir()

    def test_the_code_of_the_page_runs(self) -> None:
        scope: Dict[str, Any] = {"images": IMAGES, **_flowers()}
        if importlib.util.find_spec("keras"):
            scope["keras"] = __import__("keras")
        skipped: List[str] = []
        for block in BLOCKS:
            if "nn.Sequential" in block and not importlib.util.find_spec("torch"):
                skipped.append(block)
                continue
            if "trained.keras" in block:
                _write_flower_network("trained.keras")
            exec(block.replace('"https://thresher.example", key="thr_..."', ""), scope)
            if "to_keras" in block:
                answers = scope["job"].predict(IMAGES).outputs
                np.testing.assert_allclose(scope["probabilities"], answers, atol=1e-5)
        self.assertGreaterEqual(len(BLOCKS) - len(skipped), 9)
        self.assertEqual(scope["prediction"].outputs.shape, (16, 10))


def _flowers() -> Dict[str, Any]:
    """Arrays and a table of three classes."""
    y = np.arange(60) % 3
    x = np.random.default_rng(5).normal(size=(60, 4)).astype(np.float32)
    rows = [f"{a},{b},{c},{d},kind{k}" for (a, b, c, d), k in zip(x, y)]
    Path("iris.csv").write_text("\n".join(["a,b,c,d,species", *rows]))
    return {"x_train": x[:45], "y_train": y[:45], "x_test": x[45:], "y_test": y[45:]}


def _write_flower_network(path: str) -> None:
    import keras

    layers = keras.layers
    keras.Sequential([layers.Input((4,)), layers.Dense(3, "softmax")]).save(path)


if __name__ == "__main__":
    unittest.main()
