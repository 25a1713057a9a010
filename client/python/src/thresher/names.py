"""Names of Python and names of the contract."""

from __future__ import annotations

from typing import Any, Dict, Mapping


def camel(name: str) -> str:
    """`batch_size` as `batchSize`. A name without underscores is unchanged."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def camel_keys(fields: Mapping[str, Any]) -> Dict[str, Any]:
    """The outer keys in camelCase; fields that are None are left out."""
    return {camel(name): value for name, value in fields.items() if value is not None}
