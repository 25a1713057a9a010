"""Reads answers, and recognizes those that are not of a Thresher service."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
from typing import Any, Dict, Sequence

from .errors import Problem, UnexpectedAnswerError

LARGEST_PROBLEM_BYTES = 1 << 20
RECORD = ("id", "status")
"""The fields that every job, analysis, sweep and dataset has."""
REDIRECTS = (301, 302, 303, 307, 308)


def unexpected(what: str) -> UnexpectedAnswerError:
    return UnexpectedAnswerError(f"{what} Is this the address of a Thresher service?")


def json_object(content: bytes, name: str) -> Dict[str, Any]:
    """Every answer of the service is a JSON object."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        raise unexpected(f"{name} is not JSON.") from None
    if not isinstance(value, dict):
        raise unexpected(f"{name} is not a JSON object.")
    return value


def fields_of(value: Any, fields: Sequence[str]) -> Any:
    """The value, which must be an object with these fields."""
    for field in fields:
        if not isinstance(value, dict) or value.get(field) is None:
            raise unexpected(f"The answer has no {field}.")
    return value


def problem_of(answer: urllib.error.HTTPError, url: str) -> Problem:
    """The body of an error, or what the status line says if a proxy sent another body."""
    status = {"status": answer.code, "errors": []}
    if answer.code in REDIRECTS:
        # It is not followed: the key would go to another address, and a POST could become a GET.
        target = urllib.parse.urljoin(url, answer.headers.get("Location", ""))
        detail = f"{url} redirects to {target!r}. Use the address of the service itself."
        return {**status, "code": "redirect", "detail": detail}
    plain = {**status, "code": "unknown", "detail": f"The service answered {answer.code} {answer.reason}."}
    try:
        problem = json_object(answer.read(LARGEST_PROBLEM_BYTES), "The answer")
    except (UnexpectedAnswerError, OSError, http.client.HTTPException):
        return plain
    if not isinstance(problem.get("code"), str) or not isinstance(problem.get("detail"), str):
        return plain
    found = problem.get("errors")
    errors = [one for one in found if _is_mistake(one)] if isinstance(found, list) else []
    return {**problem, "status": answer.code, "errors": errors}


def _is_mistake(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in ("path", "message"))
