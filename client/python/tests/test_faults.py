"""The client and a service that drops, truncates, refuses and restarts."""

from __future__ import annotations

import json
import threading
import unittest
from typing import List
from unittest import mock

import numpy as np

import thresher
from fault_test import JOB, FaultTest
from stub_server import Answer, Handler, StubServer, event, hang_up, problem, send, send_json, stream


class Repetitions(FaultTest):
    def test_a_refused_submission_is_repeated_with_the_same_key_and_body(self) -> None:
        refusal = problem(429, "too_many_requests", Retry_After="0")
        server = self.serve(refusal, problem(503, "overloaded"), send_json(201, JOB))
        job = thresher.Client(server.url, "thr_1").submit(preset="mnist-mlp", batch_size=64)
        self.assertEqual(job.id, "job_1")
        self.assertEqual(len({seen.headers["idempotency-key"] for seen in server.seen}), 1)
        bodies = [json.loads(seen.body) for seen in server.seen]
        self.assertEqual(bodies, 3 * [{"batchSize": 64, "model": {"preset": "mnist-mlp"}}])
        self.assertEqual(server.seen[0].headers["authorization"], "Bearer thr_1")

    def test_two_submissions_have_different_keys(self) -> None:
        server = self.serve(send_json(201, JOB), send_json(201, JOB))
        for _ in range(2):
            thresher.Client(server.url).submit(preset="mnist-mlp")
        self.assertEqual(len({seen.headers["idempotency-key"] for seen in server.seen}), 2)

    def test_a_lost_answer_is_asked_for_again(self) -> None:
        truncated = send(201, b'{"id": "jo', 500)
        server = self.serve(hang_up, truncated, send_json(201, JOB))
        self.assertEqual(thresher.Client(server.url).submit(preset="mnist-mlp").id, "job_1")
        self.assertEqual(len({seen.headers["idempotency-key"] for seen in server.seen}), 1)

    def test_the_third_refusal_is_raised(self) -> None:
        server = self.serve(*3 * [problem(429, "too_many_requests", Retry_After="0")])
        with self.assertRaises(thresher.LimitError) as raised:
            thresher.Client(server.url).job("job_1")
        self.assertEqual((raised.exception.code, raised.exception.retry_after), ("too_many_requests", 0))
        self.assertEqual(len(server.seen), 3)

    def test_a_long_retry_after_is_left_to_the_caller(self) -> None:
        server = self.serve(problem(429, "quota_exceeded", Retry_After="3600"))
        with self.assertRaises(thresher.LimitError) as raised:
            thresher.Client(server.url).job("job_1")
        self.assertEqual(raised.exception.retry_after, 3600)

    def test_an_upload_whose_answer_was_lost_is_not_repeated(self) -> None:
        server = self.serve(hang_up)
        with self.assertRaises(thresher.UnreachableError):
            thresher.Client(server.url).datasets.create("digits", np.zeros((4, 2)), [0, 1, 0, 1])
        self.assertEqual(len(server.seen), 1)

    def test_a_refused_upload_is_sent_again_from_its_beginning(self) -> None:
        ready = {"id": "dataset_1", "status": "ready"}
        server = self.serve(problem(503, "overloaded", Retry_After="0"), send_json(201, ready))
        thresher.Client(server.url).datasets.create("digits", np.zeros((4, 2)), [0, 1, 0, 1])
        first, second = (seen.body for seen in server.seen)
        self.assertEqual(first, second)
        self.assertIn(b"x_train", second)

    def test_a_mistake_is_not_repeated(self) -> None:
        errors = [{"path": "epochs", "message": "must be at least 1"}]
        body = {"status": 400, "code": "invalid_request", "detail": "Wrong.", "errors": errors}
        server = self.serve(send_json(400, body))
        with self.assertRaises(thresher.InvalidRequestError) as raised:
            thresher.Client(server.url).submit(preset="mnist-mlp", epochs=0)
        self.assertEqual(raised.exception.errors, errors)
        self.assertIn("epochs: must be at least 1", str(raised.exception))


class Answers(FaultTest):
    def test_an_answer_during_an_upload_is_read_although_sending_fails(self) -> None:
        server = self.serve(problem(413, "too_large"), ignores_bodies=True)
        with self.assertRaises(thresher.InvalidRequestError) as raised:
            thresher.Client(server.url).datasets.create("large", np.zeros((2_000, 2_000)), np.arange(2_000))
        self.assertEqual(raised.exception.code, "too_large")

    def test_the_error_page_of_a_proxy_is_an_error_of_the_service(self) -> None:
        server = self.serve(*3 * [send(502, b"<html>Bad gateway</html>")])
        with self.assertRaises(thresher.ServiceError) as raised:
            thresher.Client(server.url).job("job_1")
        self.assertEqual((raised.exception.status, raised.exception.code), (502, "unknown"))

    def test_a_redirect_does_not_receive_the_key(self) -> None:
        other = self.serve(send_json(200, JOB))
        server = self.serve(send(302, b"", Location=other.url))
        with self.assertRaisesRegex(thresher.AnswerError, f"302 redirect: .* redirects to '{other.url}'. Use the"):
            thresher.Client(server.url, "thr_1").job("job_1")
        self.assertEqual(other.seen, [])

    def test_an_address_without_a_service_is_named(self) -> None:
        server = StubServer()
        server.stop()
        with self.assertRaisesRegex(thresher.UnreachableError, f"{server.url} does not answer"):
            thresher.Client(server.url).job("job_1")

    def test_more_than_256_examples_are_predicted_in_several_requests(self) -> None:
        names = ["no", "yes"]

        def answer(count: int) -> Answer:
            found = [{"class": 1, "label": "yes"}] * count
            outputs = [[0.25, "NaN"]] * count
            return send_json(200, {"outputs": outputs, "outputNames": names, "predictions": found})

        server = self.serve(send_json(200, JOB), answer(256), answer(44))
        prediction = thresher.Client(server.url).job("job_1").predict(np.zeros((300, 3)))
        self.assertEqual(prediction.outputs.shape, (300, 2))
        self.assertTrue(np.isnan(prediction.outputs[:, 1]).all())
        self.assertEqual(prediction.labels, 300 * ["yes"])
        self.assertEqual([len(json.loads(seen.body)["inputs"]) for seen in server.seen[1:]], [256, 44])


class OtherServers(FaultTest):
    def test_an_answer_of_another_kind_is_an_error_of_the_client(self) -> None:
        for content in (b"42", b"null", b"[1]", b"<h1>Hi</h1>", b"\xff", b"[" * 100_000, b"{}", b""):
            for call in ("job", "jobs", "delete"):
                answers = [send_json(200, JOB)] if call == "delete" else []
                client = thresher.Client(self.serve(*answers, send(200, content)).url)
                with self.subTest(content=content[:20], call=call):
                    with self.assertRaisesRegex(thresher.UnexpectedAnswerError, "Is this the address"):
                        if call == "job":
                            client.job("job_1")
                        elif call == "jobs":
                            list(client.jobs.list())
                        else:
                            client.job("job_1").delete()

    def test_a_stream_of_another_kind_is_an_error_of_the_client(self) -> None:
        frames = ("{not json", "5", "null", '{"seq": 1}', '{"type": "epoch", "seq": "x"}', '{"type": "epoch"}')
        for answer in [send(200, b"<h1>Hi</h1>"), *(stream(f"data: {frame}\n\n") for frame in frames)]:
            job = thresher.Client(self.serve(send_json(200, JOB), answer).url).job("job_1")
            with self.assertRaises(thresher.UnexpectedAnswerError):
                list(job.watch())

    def test_answers_and_events_without_an_end_are_left(self) -> None:
        with mock.patch("thresher.transport.LARGEST_JSON_BYTES", 1_000):
            with self.assertRaisesRegex(thresher.UnexpectedAnswerError, "has more than 64 MiB"):
                thresher.Client(self.serve(send(200, 2_000 * b" ")).url).job("job_1")
        for event in ("data: " + 2_000 * "a", 500 * "data: a\n"):
            job = thresher.Client(self.serve(send_json(200, JOB), stream(event)).url).job("job_1")
            with mock.patch("thresher.follow.LARGEST_EVENT_BYTES", 900):
                with self.assertRaisesRegex(thresher.UnexpectedAnswerError, "has more than 64 MiB"):
                    list(job.watch())


class Arguments(FaultTest):
    def test_a_path_never_leads_to_another_host_or_record(self) -> None:
        server = self.serve()
        client = thresher.Client(server.url, "thr_1")
        for path in ("v1/jobs", ".evil.example/x", "@evil.example/x", ":80/x", "", "//x", "/\\x", "/\u00e9", "/a b"):
            with self.assertRaisesRegex(thresher.ArgumentError, "must begin with one slash"):
                client.request("GET", path)
        for job_id in (".", ".."):
            with self.assertRaisesRegex(thresher.ArgumentError, "segments . and .."):
                client.job(job_id)
        self.assertEqual(server.seen, [])

    def test_secrets_are_not_printed(self) -> None:
        for key in ("thr_hidden\nx: y", "thr_hidden\u2713"):
            with self.assertRaises(thresher.ArgumentError) as raised:
                thresher.Client("http://127.0.0.1:1", key)
            self.assertNotIn("hidden", str(raised.exception))
        with self.assertRaises(thresher.ArgumentError) as raised:
            thresher.Client("http://me:hidden@127.0.0.1:1")
        self.assertNotIn("hidden", str(raised.exception))
        with self.assertRaisesRegex(thresher.ArgumentError, "the header Idempotency-Key"):
            thresher.Client("http://127.0.0.1:1").submit(preset="mnist-mlp", idempotency_key="a\r\nx: y")

    def test_an_address_is_whole(self) -> None:
        for url in ("/v1", "127.0.0.1:1", "file:///x", "http://", "http://x:99999", "http://[", "http://x?y", "http://x#y"):
            with self.assertRaisesRegex(thresher.ArgumentError, "url must be the address"):
                thresher.Client(url)


class Watching(FaultTest):
    def epochs_from(self, *streams: Answer) -> List[int]:
        """The numbers of the epochs of a job whose events are served over these connections."""
        ended = {**JOB, "status": "succeeded"}
        self.server = self.serve(send_json(200, JOB), *streams, send_json(200, ended))
        job = thresher.Client(self.server.url).job("job_1")
        epochs = [epoch["epoch"] for epoch in job.watch()]
        self.assertEqual(job.status, "succeeded")
        return epochs

    def test_a_connection_that_breaks_within_an_event_is_made_again_with_the_last_seq(self) -> None:
        second = event(3, "epoch", {"epoch": 2})
        epochs = self.epochs_from(
            stream(": heartbeat\n\n", event(1, "started"), event(2, "epoch", {"epoch": 1}), second[:-20]),
            problem(503, "overloaded", Retry_After="0"),
            hang_up,
            stream(second, event(4, "succeeded")),
        )
        self.assertEqual(epochs, [1, 2])
        after = [seen.query["after"] for seen in self.server.seen if seen.path.endswith("/events")]
        self.assertEqual(after, [["0"], ["2"], ["2"], ["2"]])

    def test_a_silent_connection_is_made_again(self) -> None:
        release = threading.Event()
        self.addCleanup(release.set)
        first, rest = event(1, "epoch", {"epoch": 1}), event(2, "epoch", {"epoch": 2}) + event(3, "succeeded")

        def by_seq(handler: Handler) -> None:
            """Silent after the first event. A slow test may connect more than twice."""
            if handler.path.endswith("after=1"):
                return stream(rest)(handler)
            handler.server.answers.insert(0, by_seq)
            stream(first, then=release.wait)(handler)

        with mock.patch("thresher.follow.SILENCE_SECONDS", 0.3):
            self.assertEqual(self.epochs_from(by_seq), [1, 2])

    def test_the_stream_of_a_job_that_ended_meanwhile_ends(self) -> None:
        self.assertEqual(self.epochs_from(stream(event(1, "epoch", {"epoch": 1})), send(204, b"")), [1])

    def test_epochs_whose_events_were_trimmed_are_read_from_the_metrics(self) -> None:
        gap = 'event: gap\ndata: {"type": "gap", "from": 1, "to": 9}\n\n'
        metrics = {"data": [{"epoch": 1}, {"epoch": 2}]}
        epochs = self.epochs_from(
            stream(gap, event(10, "epoch", {"epoch": 2}), event(11, "epoch", {"epoch": 3}), event(12, "succeeded")),
            send_json(200, metrics),
        )
        self.assertEqual(epochs, [1, 2, 3])

    def test_a_service_that_restarts_is_waited_for(self) -> None:
        first = self.serve(send_json(200, JOB), stream(event(1, "epoch", {"epoch": 1})))
        job = thresher.Client(first.url).job("job_1")
        epochs = job.watch()
        self.assertEqual(next(epochs)["epoch"], 1)
        first.stop()
        answers = [stream(event(2, "epoch", {"epoch": 2}), event(3, "failed"))]
        failed = {"code": "diverged", "message": "The loss is NaN.", "retryable": False}
        restart = lambda: self.serve(
            *answers, send_json(200, {**JOB, "status": "failed", "error": failed}), port=first.server_port
        )
        timer = threading.Timer(0.3, restart)
        timer.start()
        self.addCleanup(timer.join)
        self.assertEqual(next(epochs)["epoch"], 2)
        with self.assertRaisesRegex(thresher.JobFailed, "job_1 failed: diverged: The loss is NaN.") as raised:
            next(epochs)
        self.assertEqual(raised.exception.code, "diverged")

    def test_a_service_that_asks_for_years_is_asked_again_after_minutes(self) -> None:
        server = self.serve(send_json(200, JOB), problem(503, "overloaded", Retry_After="1e9"), problem(404, "not_found"))
        with mock.patch("thresher.follow.time.sleep") as sleep, self.assertRaises(thresher.NotFoundError):
            list(thresher.Client(server.url).job("job_1").frames())
        sleep.assert_called_once_with(300)

    def test_a_job_that_does_not_exist_is_an_error_at_once(self) -> None:
        server = self.serve(send_json(200, JOB), problem(404, "not_found"))
        with self.assertRaises(thresher.NotFoundError):
            next(thresher.Client(server.url).job("job_1").frames())


if __name__ == "__main__":
    unittest.main()
