"""The errors of the client. Every one is a ThresherError."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

Problem = Dict[str, Any]


class ThresherError(Exception):
    """Every error that the client raises by itself."""


class ArgumentError(ThresherError, ValueError):
    """An argument, such as the address of the service, a key or a path, is not possible. Nothing was sent."""


class UnexpectedAnswerError(ThresherError):
    """The answer is not one of a Thresher service: not JSON, of another kind, or far too large."""


class UnreachableError(ThresherError):
    """The service does not answer: no connection, or it broke. `__cause__` is the error of the connection."""


class AnswerError(ThresherError):
    """The service answered with an error. `problem` is its body (RFC 9457)."""

    def __init__(self, problem: Problem, retry_after: Optional[float] = None) -> None:
        self.problem = problem
        self.status: int = problem["status"]
        self.code: str = problem["code"]
        """A stable word for programs, for example `invalid_request`."""
        self.detail: str = problem["detail"]
        self.errors: List[Dict[str, str]] = problem.get("errors", [])
        """Every mistake in the request: the `path` of the field, and a `message` that says what would be right."""
        self.retry_after = retry_after
        """Seconds after which the request may succeed, if the service knows."""
        mistakes = "".join(f"\n  {error['path']}: {error['message']}" for error in self.errors)
        super().__init__(f"{self.status} {self.code}: {mistakes or self.detail}")


class InvalidRequestError(AnswerError):
    """400, 413, 415 or 422: the request must be changed. `errors` names every wrong field."""


class AuthenticationError(AnswerError):
    """401: the key is missing, unknown, expired or revoked."""


class PermissionDeniedError(AnswerError):
    """403: the key does not have the scope that the operation needs."""


class NotFoundError(AnswerError):
    """404: there is no such record, or it belongs to another tenant."""


class ConflictError(AnswerError):
    """409: the state of the record does not allow the operation."""


class LimitError(AnswerError):
    """429: too many requests, or a quota is exhausted (`code` is `quota_exceeded`)."""


class ServiceError(AnswerError):
    """5xx."""


class JobFailed(ThresherError):
    """The job, or the analysis, has failed. `code` says why, for example `diverged` or `invalid_data`."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        error = record["error"]
        self.record = record
        self.code: str = error["code"]
        self.retryable: bool = error["retryable"]
        super().__init__(f"{record['id']} failed: {error['code']}: {error['message']}")


class DownloadError(ThresherError):
    """The answer is not a file, or its bytes do not match its digest and were deleted."""


class ModelFileError(ThresherError, ValueError):
    """The file is not a safetensors file that this version reads, or it is incomplete. The message names it."""


class ModelMismatchError(ThresherError, ValueError):
    """The tensors do not fit the model. The message lists every tensor that does not."""


_CLASSES = {
    400: InvalidRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: InvalidRequestError,
    415: InvalidRequestError,
    422: InvalidRequestError,
    429: LimitError,
}


def error_of(problem: Problem, retry_after: Optional[float] = None) -> AnswerError:
    """The error of the class that belongs to the status of the problem."""
    status = problem["status"]
    return _CLASSES.get(status, ServiceError if status >= 500 else AnswerError)(problem, retry_after)
