"""Runs one job with the client that openapi-python-client generates as thresher_api: submit, poll, metrics, download."""

import hashlib
import json
import sys
import time

from thresher_api import Client
from thresher_api.api.artifacts import download_artifact
from thresher_api.api.jobs import create_job, get_job
from thresher_api.api.progress import get_metrics
from thresher_api.models import Job, JobRequest

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)

request = JobRequest.from_dict(
    {
        "model": {"preset": "mnist-mlp"},
        "optimizer": {"name": "grda", "learningRate": 0.1, "c": 0.005, "mu": 0.75},
        "epochs": 1,
        "validation": {"fraction": 0.9},
    }
)
job = create_job.sync(client=client, body=request)
assert isinstance(job, Job), job
while job.status not in ("succeeded", "failed", "cancelled"):
    time.sleep(0.2)
    job = get_job.sync(job.id, client=client)
    assert isinstance(job, Job), job

metrics = get_metrics.sync(job.id, client=client)
artifact = download_artifact.sync_detailed(job.id, "model.sparse.safetensors", client=client)
print(
    json.dumps(
        {
            "jobId": job.id,
            "status": job.status,
            "epochs": metrics.total,
            "bytes": len(artifact.content),
            "sha256": hashlib.sha256(artifact.content).hexdigest(),
        }
    )
)
