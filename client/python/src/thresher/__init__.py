"""
Client of Thresher: training as a service that returns sparse models.

    import thresher

    client = thresher.Client()
    job = client.submit(preset="mnist-mlp", target={"sparsity": 0.95})
    for epoch in job.watch():
        print(epoch["epoch"], epoch["validationAccuracy"], epoch["sparsity"])
    tensors = thresher.load_sparse(job.download("model.sparse.safetensors"))
"""

from .client import Client
from .errors import (
    AnswerError,
    AuthenticationError,
    ConflictError,
    DownloadError,
    InvalidRequestError,
    JobFailed,
    LimitError,
    ModelMismatchError,
    NotFoundError,
    PermissionDeniedError,
    ServiceError,
    ThresherError,
    UnreachableError,
)
from .job import Job
from .predict import Prediction
from .series import LayerSeries
from .sparse_model import SparseModel, load_sparse
from .to_keras import to_keras
from .to_torch import to_torch
from .torch_layout import torch_layout

__version__ = "0.1.0"

__all__ = [
    "AnswerError",
    "AuthenticationError",
    "Client",
    "ConflictError",
    "DownloadError",
    "InvalidRequestError",
    "Job",
    "JobFailed",
    "LayerSeries",
    "LimitError",
    "ModelMismatchError",
    "NotFoundError",
    "PermissionDeniedError",
    "Prediction",
    "ServiceError",
    "SparseModel",
    "ThresherError",
    "UnreachableError",
    "load_sparse",
    "to_keras",
    "to_torch",
    "torch_layout",
]
