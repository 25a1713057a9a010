"""Downloads that resume and are verified."""

from __future__ import annotations

import base64
import http.client
import os
import re
import time
from pathlib import Path
from typing import Any, Mapping, Union

from .errors import AnswerError, ArgumentError, DownloadError, UnreachableError
from .partial_file import PartialFile
from .retry import backoff
from .transport import BROKEN, Transport

FAILURES = 6
"""This many attempts in a row may receive nothing."""
PARTIAL_CONTENT = 206


def download(
    transport: Transport,
    route: str,
    query: Mapping[str, Any],
    name: str,
    path: Union[str, os.PathLike[str], None] = None,
) -> Path:
    """
    Downloads a file. An interrupted download is continued, also by a later call (RFC 9110, section 13.1.5: If-Range). The file gets its
    name once its size and digest are verified.

    path: the name of the file, or a folder for a file with the name of the artifact; by default the current folder. A path that ends with
        a separator is a folder, which is made if it does not exist
    Raises ArgumentError if the name of the artifact is needed and is the path of another folder
    """
    target = _target(name, path)
    failures = 0
    with PartialFile(target) as partial:
        while True:
            size_before = partial.size_bytes
            try:
                partial.finish(_receive(transport, route, query, partial))
                return target
            except (UnreachableError, *BROKEN) as error:
                failures = 0 if partial.size_bytes > size_before else failures + 1
                if failures == FAILURES or isinstance(error, FileNotFoundError):
                    raise
                time.sleep(backoff(failures))


def _target(name: str, path: Union[str, os.PathLike[str], None]) -> Path:
    folder = Path() if path is None else Path(path)
    is_new_folder = path is not None and os.fspath(path).endswith((os.sep, os.altsep or os.sep))
    if not is_new_folder and not folder.is_dir():
        return folder
    target = folder / _file_name(name)
    if is_new_folder:
        folder.mkdir(parents=True, exist_ok=True)
    return target


def _file_name(name: str) -> str:
    if name in ("", ".", "..") or re.search(r"[/\\:\x00-\x1f]", name):
        raise ArgumentError(f"{name!r} is not the name of a file; give the path of the file to write")
    return name


def _receive(transport: Transport, route: str, query: Mapping[str, Any], partial: PartialFile) -> int:
    """Receives the missing bytes, or all of them if the partial file belongs to another version. Returns the size of the whole file."""
    headers = {"Accept": "*/*"}
    if partial.sha256:
        headers.update({"Range": f"bytes={partial.size_bytes}-", "If-Range": f'"sha256-{partial.sha256}"'})
    try:
        answer = transport.open("GET", route, query=query, headers=headers)
    except AnswerError as error:
        if error.status != 416 or partial.sha256 is None:
            raise
        # The partial file is complete and only has to be verified, or it is too long and is deleted.
        return partial.size_bytes
    with answer:
        sha256, size_bytes = _digest(answer), _whole_size(answer)
        if answer.status != PARTIAL_CONTENT:
            partial.restart(sha256)
        elif partial.sha256 != sha256:
            raise DownloadError("The service sent a part of another file than was asked for.")
        # read1 returns what has arrived, so that a connection that breaks loses nothing.
        partial.append(answer.read1, size_bytes)
    return size_bytes


def _digest(answer: http.client.HTTPResponse) -> str:
    """SHA-256, hexadecimal, from the Repr-Digest header (RFC 9530, section 3)."""
    found = re.search(r"sha-256=:([A-Za-z0-9+/]{43}=):", answer.headers.get("Repr-Digest", ""))
    if not found:
        raise DownloadError("The answer has no Repr-Digest, so it is not an artifact.")
    return base64.b64decode(found[1]).hex()


def _whole_size(answer: http.client.HTTPResponse) -> int:
    total = answer.headers.get("Content-Range", "").rpartition("/")[2] or answer.headers.get("Content-Length", "")
    if not re.fullmatch(r"[0-9]{1,18}", total):
        raise DownloadError("The answer has no size, so it is not an artifact.")
    return int(total)
