"""Ten thousand faces of CelebA, 89 × 109 pixels in colour: whether they smile, and open the mouth.

Layout: ``rows.csv`` (index, Smiling, Mouth_Slightly_Open, Narrow_Eyes, Eyeglasses, identity, heldout) and
``images``.
Source: Liu et al., "Deep Learning Face Attributes in the Wild" (2015).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.datasets.expressions.tile import Tile, pictures, yes_or_no

_COLUMNS = ("Smiling", "Mouth_Slightly_Open", "Narrow_Eyes", "Eyeglasses", "identity", "heldout")


def read(root: Path) -> Iterator[Tile]:
    """All faces of the set in the folder ``root``; people held out are ``test``, all others ``train``.

    Eyes that are not narrow and have no glasses before them are open; of others nothing is known.
    """
    for row, name, pixels in pictures(root, *_COLUMNS):
        hidden = yes_or_no(row, "Narrow_Eyes") or yes_or_no(row, "Eyeglasses")
        yield Tile(
            name=name,
            pixels=pixels,
            split="test" if yes_or_no(row, "heldout") else "train",
            smile=yes_or_no(row, "Smiling"),
            mouth_open=yes_or_no(row, "Mouth_Slightly_Open"),
            closed=None if hidden else False,
            person=int(row.number_at("identity")),
        )
