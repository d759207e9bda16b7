"""One small picture of a face or an eye, and what its set says that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from smilecascade.datasets.lines import Row, read_rows
from smilecascade.mipmaps import Pixels

#: What a tile may be used for: to learn from, to choose by, or for the one measurement at the end.
Split = Literal["train", "validation", "test"]

#: Of the ten kinds of votes the first eight are expressions.
_EXPRESSIONS = 8


class Votes(NamedTuple):
    """How many of ten people saw each expression in a face, in FER+'s order; at the end
    those who could not tell, and those who saw no face."""

    neutral: int
    happiness: int
    surprise: int
    sadness: int
    anger: int
    disgust: int
    fear: int
    contempt: int
    unknown: int = 0
    no_face: int = 0

    @property
    def shares(self) -> tuple[float, ...] | None:
        """The shares of the eight expressions among the votes for them; None where nearly nobody saw one.

        Lone votes are dropped, as FER+'s own code drops them.
        """
        counted = [count if count > 1 else 0 for count in self[:_EXPRESSIONS]]
        return tuple(count / sum(counted) for count in counted) if sum(counted) else None

    @property
    def top(self) -> int | None:
        """The expression with most votes, 0..7, the first of equals; None where it is none of the eight."""
        counted = [count if count > 1 else 0 for count in self]
        best = counted.index(max(counted))
        return best if counted[best] and best < _EXPRESSIONS else None

    @property
    def majority(self) -> int | None:
        """The top expression if more than half of the votes are for it (FER+'s "majority" mode)."""
        counted = [count if count > 1 else 0 for count in self]
        top = self.top
        return top if top is not None and 2 * counted[top] > sum(counted) else None


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One picture; what its set does not say is None.

    pixels: RGB uint8 (H, W, 3); of a grey set all three are equal.
    group:  equal in pictures that are the same to the pixel, in whatever split.
    votes:  of FER+. basic: FER2013's own label, 0..6: anger, disgust, fear, happiness, sadness,
            surprise, neutral.
    closed: of an eye, or of both eyes of a face.
    person: who it is, equal in all pictures of one person.
    """

    name: str
    pixels: Pixels = field(repr=False, compare=False)
    split: Split
    group: int | None = None
    votes: Votes | None = None
    basic: int | None = None
    smile: bool | None = None
    mouth_open: bool | None = None
    closed: bool | None = None
    person: int | None = None


def pictures(root: Path, *columns: str) -> Iterator[tuple[Row, str, Pixels]]:
    """The rows of ``rows.csv`` in the folder of a set, each with its picture's name and pixels.

    The table has the column ``index`` and these; the picture of index 7 is ``images/000007.png``.
    DatasetError, with the row's place, for a picture that cannot be read.
    """
    for row in read_rows(root / "rows.csv", ("index", *columns)):
        name = f"{int(row.number_at('index')):06d}.png"
        path = root / "images" / name
        try:
            with Image.open(path) as image:
                pixels = np.asarray(image.convert("RGB"))
        except (OSError, UnidentifiedImageError, SyntaxError) as error:
            raise row.error("a picture of the set", f"{path}, which cannot be read: {error}") from None
        yield row, name, pixels


def yes_or_no(row: Row, column: str) -> bool:
    """A cell of 1 or 0. DatasetError for anything else."""
    cell = row.cells[column].strip()
    if cell not in ("0", "1"):
        raise row.error(f"0 or 1 in column {column!r}", repr(cell))
    return cell == "1"
