"""Lists of the service, page by page."""

from __future__ import annotations

from typing import Any, Iterator, Mapping

from .answers import unexpected
from .transport import Transport


def items_of(transport: Transport, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
    """Every item of every page. A page is requested when its first item is."""
    after = None
    while True:
        page = transport.json("GET", path, query={**query, "after": after}, fields=("data",))
        if not isinstance(page["data"], list):
            raise unexpected(f"The answer of {transport.url}{path} is not a list.")
        yield from page["data"]
        after = page.get("nextAfter")
        if not page.get("hasMore") or after is None:
            return
