"""Files as multipart/form-data (RFC 7578), streamed from disk."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any, Iterator, List, Sequence, Tuple, Union

from .to_json import to_json
from .transport import Body

CHUNK_BYTES = 1 << 20

Part = Tuple[bytes, Union[bytes, Path]]
"""The header of a part, and its content."""


def form(spec: Any, files: Sequence[Tuple[str, Path]]) -> Body:
    """The part `spec` as JSON, then each file under the name of its field."""
    boundary = uuid.uuid4().hex
    parts: List[Part] = [(_header(boundary, 'name="spec"'), to_json(spec))]
    for field, path in files:
        parts.append((_header(boundary, f'name="{field}"; filename="{_quoted(path.name)}"'), path))
    end = f"\r\n--{boundary}--\r\n".encode()
    size = len(end) + sum(len(header) + _size(content) for header, content in parts)
    return Body(f"multipart/form-data; boundary={boundary}", size, lambda: _chunks(parts, end))


def _header(boundary: str, disposition: str) -> bytes:
    return f"\r\n--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n".encode()


def _quoted(name: str) -> str:
    """As browsers send names of files (WHATWG HTML, section 4.10.21.8)."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _size(content: Union[bytes, Path]) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _chunks(parts: Sequence[Part], end: bytes) -> Iterator[bytes]:
    for header, content in parts:
        yield header
        if isinstance(content, bytes):
            yield content
        else:
            with content.open("rb") as file:
                yield from iter(lambda: file.read(CHUNK_BYTES), b"")
    yield end
