"""What selects a file, or a model for predictions."""

from __future__ import annotations

from typing import TypedDict, Union


class PointQuery(TypedDict, total=False):
    """A checkpoint, or a point of the trade-off by one of `sparsity`, `size_bytes` and `min_validation_accuracy`."""

    checkpoint: Union[str, int]
    sparsity: float
    size_bytes: int
    min_validation_accuracy: float
    rule: str
    scope: str


class ArtifactQuery(PointQuery, total=False):
    """Variants of a file: `layout="torch"`, `dtype="bf16"` or `"int8"`, `weights="dense"`, `graph="logits"`, `preprocessing="none"`, `structure="compact"`."""

    layout: str
    dtype: str
    weights: str
    graph: str
    preprocessing: str
    structure: str
