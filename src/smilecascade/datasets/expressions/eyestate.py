"""Pictures of one eye, 64 × 48 pixels in colour: open or closed.

Layout: ``rows.csv`` (index, closed) and ``images``. The set has no official split.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.datasets.expressions.tile import Split, Tile, pictures, yes_or_no

#: Every so many-th picture is kept for choosing.
HELD_OUT = 5


def read(root: Path) -> Iterator[Tile]:
    """All eyes of the set in the folder ``root``; every fifth is for validation."""
    for row, name, pixels in pictures(root, "closed"):
        split: Split = "train" if int(row.number_at("index")) % HELD_OUT else "validation"
        yield Tile(name=name, pixels=pixels, split=split, closed=yes_or_no(row, "closed"))
