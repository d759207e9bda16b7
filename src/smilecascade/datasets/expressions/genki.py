"""GENKI-4K, the faces: 64 × 64 grey pixels, smiling or not. For measuring alone.

Layout: ``rows.csv`` (index, smile among others) and ``images``. Source: Whitehill et al., "Toward
Practical Smile Detection" (2009).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.datasets.expressions.tile import Tile, pictures, yes_or_no


def read(root: Path) -> Iterator[Tile]:
    """All faces of the set in the folder ``root``."""
    for row, name, pixels in pictures(root, "smile"):
        yield Tile(name=name, pixels=pixels, split="test", smile=yes_or_no(row, "smile"))
