"""Lists of the service, page by page."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from .transport import Transport


def items_of(transport: Transport, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
    """Every item of every page. A page is requested when its first item is."""
    after = None
    while True:
        page = transport.json("GET", path, query={**query, "after": after})
        yield from page["data"]
        after = page["nextAfter"]
        if not page["hasMore"] or after is None:
            return
