"""The file of an unfinished download."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import stat
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Callable, Optional, Type

from .errors import DownloadError, UnreachableError

if sys.platform != "win32":
    import fcntl

CHUNK_BYTES = 1 << 20
READ_AND_WRITE = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""A link with the name of a partial file could lead to any file."""


class PartialFile:
    """
    What an earlier attempt to download to a path has left, or a new file. Its name contains the digest of the whole file. It is locked,
    so that another download to the same path uses another partial file; the end of a process releases the lock.
    """

    def __init__(self, target: Path) -> None:
        self.sha256: Optional[str] = None
        """Of the whole file, hexadecimal; None if there is no partial file yet."""
        self._target = target
        self._path = target
        self._file: Optional[BinaryIO] = None
        pattern = re.compile(re.escape(target.name) + r"\.([0-9a-f]{64})(\.\d+)?\.part")
        for path in sorted(target.parent.iterdir()):
            found = pattern.fullmatch(path.name)
            if found and self._take(path, found[1]):
                break

    def __enter__(self) -> PartialFile:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self._file:
            self._file.close()

    @property
    def size_bytes(self) -> int:
        return os.fstat(self._file.fileno()).st_size if self._file else 0

    def restart(self, sha256: str) -> None:
        """Deletes the bytes, and begins a file with another digest."""
        self._delete()
        for number in itertools.count():
            place = f".{number}" if number else ""
            path = self._target.with_name(f"{self._target.name}.{sha256}{place}.part")
            if os.path.lexists(path) and _is_link(path.lstat()):
                path.unlink()
            os.close(os.open(path, READ_AND_WRITE | os.O_CREAT, 0o666))
            if self._take(path, sha256):
                self._opened().truncate(0)
                return

    def append(self, read: Callable[[int], bytes], size_bytes: int) -> None:
        """Writes what `read` returns until it ends, or until there are more than `size_bytes`. Bytes that arrived before an error remain."""
        file = self._opened()
        file.seek(0, os.SEEK_END)
        try:
            while file.tell() <= size_bytes and (chunk := read(CHUNK_BYTES)):
                file.write(chunk)
        finally:
            file.flush()
        os.fsync(file.fileno())

    def finish(self, size_bytes: int) -> None:
        """
        Verifies the file and gives it the name of the target.
        Raises UnreachableError if bytes are missing; DownloadError if the digest differs, after which the bytes are deleted
        """
        file, digest = self._opened(), hashlib.sha256()
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
        if self.size_bytes < size_bytes:
            raise UnreachableError(f"Only {self.size_bytes} of {size_bytes} bytes were received.")
        if self.size_bytes != size_bytes or digest.hexdigest() != self.sha256:
            self._delete()
            raise DownloadError("The file does not match its digest; the received bytes were deleted.")
        self._close_on_windows()
        os.replace(self._path, self._target)

    def _opened(self) -> BinaryIO:
        assert self._file
        return self._file

    def _take(self, path: Path, sha256: str) -> bool:
        """Opens and locks a file, unless it is a link or another download has it."""
        self._file = _open_locked(path)
        if self._file:
            self._path, self.sha256 = path, sha256
        return self._file is not None

    def _delete(self) -> None:
        if self._file:
            self._close_on_windows()
            self._path.unlink()
            self._file.close()
        self._file = self.sha256 = None

    def _close_on_windows(self) -> None:
        """Windows neither renames nor deletes an open file. Elsewhere, the lock is kept until the name has changed."""
        if sys.platform == "win32":
            self._opened().close()


def _open_locked(path: Path) -> Optional[BinaryIO]:
    try:
        file = os.open(path, READ_AND_WRITE)
    except OSError:
        return None
    try:
        _lock(file)
        entry = os.fstat(file)
        # Another download may have finished, and renamed the file, since it was opened.
        if not _is_link(entry) and os.path.samestat(entry, path.lstat()):
            return os.fdopen(file, "r+b")
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(file)
    return None


def _lock(file: int) -> None:
    """Raises BlockingIOError if another download has the file."""
    if sys.platform != "win32":
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            pass  # Some network file systems have no locks.


def _is_link(entry: os.stat_result) -> bool:
    """Whether it is anything but a file with one name."""
    return not stat.S_ISREG(entry.st_mode) or entry.st_nlink != 1
