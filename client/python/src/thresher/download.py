"""Downloads that resume and are verified."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import re
import stat
import time
from pathlib import Path
from typing import Any, BinaryIO, Mapping, NamedTuple, Optional, Union

from .errors import AnswerError, ArgumentError, DownloadError, UnreachableError
from .retry import backoff
from .transport import BROKEN, Transport

FAILURES = 6
"""This many attempts in a row may receive nothing."""
CHUNK_BYTES = 1 << 20
PARTIAL_CONTENT = 206
NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""A link with the name of a partial file could lead to any file."""


class _Partial(NamedTuple):
    """The file of an earlier attempt. Its name contains the digest of the whole file."""

    path: Path
    sha256: str
    size_bytes: int


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

    path: the name of the file, or a folder for a file with the name of the artifact; by default the current folder
    Raises ArgumentError if the name of the artifact is needed and is the path of another folder
    """
    target = Path() if path is None else Path(path)
    if target.is_dir():
        target = target / _file_name(name)
    failures = 0
    while True:
        before = _unfinished(target)
        try:
            part = _receive(transport, route, query, target, before)
            os.replace(part, target)
            return target
        except (UnreachableError, *BROKEN) as error:
            after = _unfinished(target)
            grew = (after.size_bytes if after else 0) > (before.size_bytes if before else 0)
            failures = 0 if grew else failures + 1
            if failures == FAILURES or isinstance(error, FileNotFoundError):
                raise
            time.sleep(backoff(failures))


def _file_name(name: str) -> str:
    if name in ("", ".", "..") or re.search(r"[/\\:\x00-\x1f]", name):
        raise ArgumentError(f"{name!r} is not the name of a file; give the path of the file to write")
    return name


def _receive(
    transport: Transport, route: str, query: Mapping[str, Any], target: Path, before: Optional[_Partial]
) -> Path:
    """Receives the missing bytes, or all of them if the partial file belongs to another version. Returns the verified partial file."""
    headers = {"Accept": "*/*"}
    if before:
        headers.update({"Range": f"bytes={before.size_bytes}-", "If-Range": f'"sha256-{before.sha256}"'})
    try:
        answer = transport.open("GET", route, query=query, headers=headers)
    except AnswerError as error:
        if error.status != 416 or before is None:
            raise
        # The partial file is complete and only has to be verified, or it is too long and is deleted.
        _verify(before.path, before.sha256, before.size_bytes)
        return before.path
    with answer:
        sha256 = _digest(answer)
        part = target.with_name(f"{target.name}.{sha256}.part")
        size_bytes = _whole_size(answer)
        is_rest = answer.status == PARTIAL_CONTENT
        if is_rest and (before is None or before.sha256 != sha256):
            raise DownloadError("The service sent a part of another file than was asked for.")
        if before and not is_rest:
            before.path.unlink()
        with _open_to_append(part) if is_rest else _new(part) as file:
            # read1 returns what has arrived, so that a connection that breaks loses nothing.
            while file.tell() <= size_bytes and (chunk := answer.read1(CHUNK_BYTES)):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    _verify(part, sha256, size_bytes)
    return part


def _open_to_append(part: Path) -> BinaryIO:
    file = os.fdopen(os.open(part, os.O_WRONLY | NO_LINKS), "wb")
    file.seek(0, os.SEEK_END)
    return file


def _new(part: Path) -> BinaryIO:
    """A new file, which replaces any entry with its name."""
    if os.path.lexists(part):
        part.unlink()
    return part.open("xb")


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


def _unfinished(target: Path) -> Optional[_Partial]:
    """What an earlier attempt has left. Links are not followed: what they lead to is no partial file."""
    pattern = re.compile(re.escape(target.name) + r"\.([0-9a-f]{64})\.part")
    for path in target.parent.iterdir():
        found = pattern.fullmatch(path.name)
        entry = path.lstat() if found else None
        if found and entry and stat.S_ISREG(entry.st_mode) and entry.st_nlink == 1:
            return _Partial(path, found[1], entry.st_size)
    return None


def _verify(part: Path, sha256: str, size_bytes: int) -> None:
    digest, length = hashlib.sha256(), 0
    with os.fdopen(os.open(part, os.O_RDONLY | NO_LINKS), "rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            length += len(chunk)
    if length < size_bytes:
        raise UnreachableError(f"Only {length} of {size_bytes} bytes were received.")
    if length != size_bytes or digest.hexdigest() != sha256:
        part.unlink()
        raise DownloadError("The file does not match its digest; the received bytes were deleted.")
