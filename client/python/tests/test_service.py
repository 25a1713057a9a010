"""The client and a real service. THRESHER_URL is its address."""

from __future__ import annotations

import json
import tempfile
import unittest
import uuid
from pathlib import Path
from typing import Any, ClassVar, Dict, List, Tuple, cast

import numpy as np
from numpy.typing import NDArray

import thresher
from cutting_line import CuttingLine
from thresher import contract
from thresher.artifact_query import ArtifactQuery, PointQuery

NUMBER_OF_EPOCHS = 3


def network(activation: str) -> Dict[str, Any]:
    """A Keras model with three outputs for the examples of `levels`."""
    layers = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 4]}},
        {"class_name": "Dense", "config": {"name": "dense", "units": 3, "activation": activation}},
    ]
    return {"class_name": "Sequential", "config": {"layers": layers}}


def levels() -> Tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Examples of three classes, which differ by the size of their numbers."""
    y = np.arange(120) % 3
    return np.random.default_rng(2).normal(size=(120, 4)).astype(np.float32) + 3 * y[:, None].astype(np.float32), y


def pictures() -> Tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images of ten classes in the shape of digits: a pattern for each class, and noise."""
    random = np.random.default_rng(1)
    y = np.arange(600) % 10
    patterns = random.integers(0, 156, (10, 28, 28, 1))
    return (patterns[y] + random.integers(0, 100, (600, 28, 28, 1))).astype(np.uint8), y


class ServiceTest(unittest.TestCase):
    client: ClassVar[thresher.Client]
    folder: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        cls.client = thresher.Client()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)


class OneJob(ServiceTest):
    labels: ClassVar[Dict[str, str]]
    spec: ClassVar[Dict[str, Any]]
    job: ClassVar[thresher.Job]
    watched: ClassVar[List[contract.EpochMetrics]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        x, y = pictures()
        dataset = cls.client.datasets.create("pictures", x[:500], y[:500], x[500:], y[500:])
        optimizer = {"name": "grda", "learningRate": 0.3, "c": 0.002, "mu": 0.6}
        layers = [
            {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 28, 28, 1]}},
            {"class_name": "Flatten", "config": {"name": "flatten"}},
            {"class_name": "Dense", "config": {"name": "dense_1", "units": 32, "activation": "relu"}},
            {"class_name": "Dense", "config": {"name": "dense_2", "units": 10, "activation": "softmax"}},
        ]
        topology = {"class_name": "Sequential", "config": {"layers": layers}}
        cls.spec = {"model": {"topology": topology}, "dataset": {"id": dataset["id"]}, "optimizer": optimizer}
        cls.labels = {"run": uuid.uuid4().hex}
        cls.job = cls.client.submit(cls.spec, epochs=NUMBER_OF_EPOCHS, finish={"tradeoff": True}, labels=cls.labels)
        cls.watched = list(cls.job.watch())

    def test_watching_yields_every_epoch_and_ends_with_the_job(self) -> None:
        self.assertEqual([epoch["epoch"] for epoch in self.watched], [1, 2, 3])
        self.assertEqual(self.job.status, "succeeded")
        self.assertTrue(self.job.has_ended)
        self.assertEqual(self.job.spec["epochs"], NUMBER_OF_EPOCHS)

    def test_metrics_and_layers_are_the_watched_numbers_as_arrays(self) -> None:
        metrics = self.job.metrics()
        for name in ("validationAccuracy", "sparsity", "threshold", "step"):
            self.assertEqual(metrics[name].tolist(), [epoch[name] for epoch in self.watched])
        layers = self.job.layers()
        self.assertEqual(layers.names, [layer["name"] for layer in self.watched[0]["layers"]])
        self.assertEqual(layers.nonzero.shape, (4, NUMBER_OF_EPOCHS))
        zeros = layers.sizes.sum() - layers.nonzero.sum(0)
        np.testing.assert_allclose(zeros / layers.sizes.sum(), metrics["sparsity"])
        np.testing.assert_allclose(layers.sparsity[0], 1 - layers.nonzero[0] / layers.sizes[0])

    def test_a_line_that_breaks_loses_no_event_and_no_byte(self) -> None:
        # The last event has the times of every point of the trade-off.
        line = CuttingLine(self.client.url, 20_000)
        self.addCleanup(line.close)
        job = thresher.Client(line.url).job(self.job.id)
        self.assertEqual(list(job.watch()), self.watched)
        self.assertGreater(line.connections, 1)
        wider = CuttingLine(self.client.url, 20_000)
        self.addCleanup(wider.close)
        path = self.folder / "line.safetensors"
        thresher.Client(wider.url).job(self.job.id).download("model.sparse.safetensors", path)
        self.assertGreater(wider.connections, 3)
        self.assertEqual(path.stat().st_size, self.watched[-1]["sparseBytes"])

    def test_a_download_predicts_what_the_service_predicts(self) -> None:
        images = pictures()[0][:300]
        queries: List[ArtifactQuery] = [{}, {"sparsity": 0.5}]
        for query in queries:
            with self.subTest(query=query):
                path = self.job.download("model.sparse.safetensors", self.folder, **query)
                tensors = thresher.load_sparse(path)
                x = tensors.preprocess(images).reshape(len(images), -1)
                hidden = np.maximum(x @ tensors["dense_1/kernel"] + tensors["dense_1/bias"], 0)
                outputs = tensors.activate(hidden @ tensors["dense_2/kernel"] + tensors["dense_2/bias"])
                prediction = self.job.predict(images, **cast(PointQuery, query))
                np.testing.assert_allclose(outputs, prediction.outputs, atol=1e-5)
                self.assertEqual(prediction.output_names, tensors.classes)
                assert prediction.classes is not None
                self.assertEqual(prediction.classes.tolist(), prediction.outputs.argmax(1).tolist())
        self.assertGreaterEqual(tensors.sparsity, 0.5)

    def test_the_tradeoff_has_the_point_that_a_selector_downloads(self) -> None:
        points = self.job.tradeoff()
        self.assertTrue(any(point.get("own") for point in points))
        path = self.job.download("model.sparse.safetensors", self.folder / "cut", sparsity=0.9)
        self.assertIn(path.stat().st_size, [point["sizeBytes"]["sparse"] for point in points])

    def test_an_analysis_measures_a_requested_level(self) -> None:
        analysis = self.client.analyses.create("tradeoff", [self.job], levels=[0.777])
        self.assertEqual(self.client.analyses.wait(analysis)["status"], "succeeded")
        self.assertTrue(any(abs(point["sparsity"] - 0.777) < 1e-4 for point in self.job.tradeoff()))

    def test_a_registered_model_predicts_and_downloads(self) -> None:
        model = self.client.models.register("python-digits", self.job)
        images = np.zeros((2, 28, 28, 1), np.uint8)
        prediction = self.client.models.predict(model["id"], images)
        np.testing.assert_array_equal(prediction.outputs, self.job.predict(images).outputs)
        path = self.client.models.download(model["id"], "model.safetensors", self.folder / "registered")
        self.assertEqual(set(thresher.load_sparse(path)), {f"dense_{n}/{w}" for n in "12" for w in ("kernel", "bias")})
        self.assertIn(model["id"], [found["id"] for found in self.client.models.list(name="python-")])

    def test_every_page_of_a_list_is_read(self) -> None:
        copies = [self.job.clone(epochs=1, name=f"copy {n}") for n in range(2)]
        for copy in copies:
            copy.wait()
        found = list(self.client.jobs.list(status=["succeeded"], labels=self.labels, limit=1))
        self.assertEqual([job.id for job in found], [copies[1].id, copies[0].id, self.job.id])
        self.assertEqual(list(self.client.jobs.list(labels={"run": "none"})), [])

    def test_the_same_key_gives_the_same_job(self) -> None:
        jobs = [self.client.submit(self.spec, epochs=1, idempotency_key="once") for _ in range(2)]
        self.assertEqual(jobs[0].id, jobs[1].id)
        jobs[0].wait()


class Control(ServiceTest):
    spec: ClassVar[Dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        dataset = cls.client.datasets.create("levels", *levels())
        optimizer = {"name": "grda", "learningRate": 0.1, "c": 0.001, "mu": 0.6}
        cls.spec = {"dataset": {"id": dataset["id"]}, "model": {"topology": network("softmax")}, "optimizer": optimizer}

    def test_a_job_is_paused_resumed_and_cancelled(self) -> None:
        job = self.client.submit(self.spec, epochs=100_000)
        frames = job.frames()
        next(frame for frame in frames if frame["type"] == "epoch")
        job.pause()
        next(frame for frame in frames if frame["type"] == "paused")
        self.assertEqual(job.refresh().status, "paused")
        job.resume()
        next(frame for frame in frames if frame["type"] == "epoch")
        job.cancel()
        self.assertEqual([frame["type"] for frame in frames][-1], "cancelled")
        self.assertEqual(job.wait().status, "cancelled")
        job.delete()
        with self.assertRaises(thresher.NotFoundError):
            job.refresh()

    def test_a_failed_job_raises_its_error_unless_this_is_not_wanted(self) -> None:
        x, _ = levels()
        targets = self.client.datasets.create("targets", x, x[:, :3])
        model = {"topology": network("linear")}
        too_fast = {"name": "sgd", "learningRate": 1000}
        job = self.client.submit(
            dataset={"id": targets["id"]}, model=model, optimizer=too_fast, loss="meanSquaredError", epochs=100
        )
        with self.assertRaises(thresher.JobFailed) as raised:
            job.wait()
        self.assertEqual(raised.exception.code, "diverged")
        self.assertIn(job.id, str(raised.exception))
        with self.assertRaises(thresher.JobFailed):
            list(job.watch())
        self.assertEqual(job.wait(check=False).status, "failed")

    def test_a_sweep_ends_with_its_best_trial(self) -> None:
        base = {**self.spec, "epochs": 2}
        sweep = self.client.sweeps.create(base, {"method": "grid"}, space={"optimizer.c": [0, 0.01]})
        ended = self.client.sweeps.wait(sweep["id"])
        self.assertEqual((ended["status"], len(ended["trials"])), ("finished", 2))


class Requests(ServiceTest):
    def test_a_plan_stores_nothing(self) -> None:
        before = len(list(self.client.jobs.list()))
        plan = self.client.plan(preset="mnist-mlp", for_sparsity=0.95, epochs=5)
        self.assertEqual(plan["spec"]["epochs"], 5)
        self.assertEqual(plan["plan"]["parameters"], 407_050)
        self.assertEqual(len(list(self.client.jobs.list())), before)

    def test_every_mistake_is_named_with_its_path(self) -> None:
        with self.assertRaises(thresher.InvalidRequestError) as raised:
            self.client.submit(preset="mnist-mlp", batch_size=0, epohcs=3)
        paths = {error["path"] for error in raised.exception.errors}
        self.assertEqual(paths, {"batchSize", "epohcs"})
        self.assertIn('Did you mean "epochs"?', str(raised.exception))

    def test_an_unknown_job_is_not_found(self) -> None:
        with self.assertRaises(thresher.NotFoundError) as raised:
            self.client.job("job_none")
        self.assertEqual(raised.exception.code, "not_found")

    def test_any_operation_of_the_contract_can_be_called(self) -> None:
        self.assertIn("data", self.client.request("GET", "/v1/usage"))
        self.assertTrue(all(worker["id"] for worker in self.client.workers()))


class Uploads(ServiceTest):
    def test_arrays_become_a_dataset_and_train(self) -> None:
        x, y = levels()
        names = ["low", "middle", "high"]
        dataset = self.client.datasets.create("levels", x[:90], y[:90], x[90:], y[90:], classes=names)
        self.assertEqual((dataset["status"], dataset["classes"]), ("ready", names))
        self.assertEqual(dataset["splits"], {"train": 90, "test": 30})
        job = self.client.submit(
            {"dataset": {"id": dataset["id"]}, "optimizer": {"name": "adam", "learningRate": 0.1}},
            model={"topology": network("softmax")},
            batch_size=10,
            epochs=20,
        ).wait()
        prediction = job.predict(x[90:])
        assert prediction.classes is not None and prediction.labels is not None
        self.assertGreater((prediction.classes == y[90:]).mean(), 0.9)
        self.assertEqual(prediction.labels[0], names[prediction.classes[0]])
        self.client.datasets.delete(dataset["id"])

    def test_a_file_that_is_not_a_dataset_is_refused_with_its_place(self) -> None:
        path = self.folder / "table.csv"
        path.write_text("width,kind\n1,a\ntwo,b\n")
        with self.assertRaises(thresher.InvalidRequestError) as raised:
            self.client.datasets.upload("table", path, format="csv", label="kind")
        self.assertEqual(raised.exception.code, "invalid_dataset")
        self.assertRegex(str(raised.exception), "table.csv.*width")

    def test_arrays_that_cannot_be_stored_are_refused_before_they_are_sent(self) -> None:
        with self.assertRaisesRegex(ValueError, "x_train has the type object"):
            self.client.datasets.create("objects", np.array([{}, {}]), [0, 1])
        with self.assertRaisesRegex(ValueError, "both x_test and y_test"):
            self.client.datasets.create("half", np.zeros((2, 2)), [0, 1], np.zeros((2, 2)))

    def test_a_network_is_uploaded_with_its_weights_and_deleted(self) -> None:
        weights = {"dense/kernel": np.ones((4, 3), np.float32), "dense/bias": np.zeros(3, np.float32)}
        path = self.folder / "weights.safetensors"
        path.write_bytes(_safetensors(weights))
        model = self.client.models.upload("from python", path, topology=network("softmax"))
        self.assertEqual(self.client.models.get(model["id"])["parameters"], 15)
        self.client.models.delete(model["id"])
        with self.assertRaises(thresher.NotFoundError):
            self.client.models.get(model["id"])


def _safetensors(tensors: Dict[str, Any]) -> bytes:
    header: Dict[str, Any] = {}
    content = b""
    for name, tensor in tensors.items():
        offsets = [len(content), len(content) + tensor.nbytes]
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": offsets}
        content += tensor.tobytes()
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content


if __name__ == "__main__":
    unittest.main()
