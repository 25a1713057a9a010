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
    ArgumentError,
    AuthenticationError,
    ConflictError,
    DownloadError,
    InvalidRequestError,
    JobFailed,
    LimitError,
    ModelFileError,
    ModelMismatchError,
    NotFoundError,
    PermissionDeniedError,
    ServiceError,
    ThresherError,
    UnexpectedAnswerError,
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
    "ArgumentError",
    "AuthenticationError",
    "Client",
    "ConflictError",
    "DownloadError",
    "InvalidRequestError",
    "Job",
    "JobFailed",
    "LayerSeries",
    "LimitError",
    "ModelFileError",
    "ModelMismatchError",
    "NotFoundError",
    "PermissionDeniedError",
    "Prediction",
    "ServiceError",
    "SparseModel",
    "ThresherError",
    "UnexpectedAnswerError",
    "UnreachableError",
    "load_sparse",
    "to_keras",
    "to_torch",
    "torch_layout",
]
