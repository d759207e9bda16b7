"""FER2013 with the votes of FER+: 35,887 grey faces of 48 × 48 pixels.

Layout: ``fer2013.csv`` (emotion, pixels, Usage), ``fer2013new.csv`` of FER+ with the votes, row by row
the same faces, and, if there, ``duplicates.csv`` (index, group): rows of one group are the same picture.
Sources: Goodfellow et al., "Challenges in Representation Learning" (2013); Barsoum et al., "Training Deep
Networks for Facial Expression Recognition with Crowd-Sourced Label Distribution" (2016).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import numpy as np

from smilecascade.datasets.expressions.tile import Split, Tile, Votes
from smilecascade.datasets.lines import Row, read_rows
from smilecascade.mipmaps import Pixels

#: Side of a picture, pixels.
SIDE = 48

#: The official splits: the second is for choosing, the third for one measurement at the end.
SPLITS: dict[str, Split] = {"Training": "train", "PublicTest": "validation", "PrivateTest": "test"}

_VOTES = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
_OTHERS = ("unknown", "NF")


def read(root: Path) -> Iterator[Tile]:
    """All faces of the set in the folder ``root``, in its order.

    DatasetError for a faulty row, or where the tables do not have as many rows as each other.
    """
    faces = read_rows(root / "fer2013.csv", ("emotion", "pixels", "Usage"))
    votes = read_rows(root / "fer2013new.csv", ("Usage", "Image name", *_VOTES, *_OTHERS))
    groups = _groups(root / "duplicates.csv")
    for index, (face, voted) in enumerate(zip_longest(faces, votes)):
        if face is None or voted is None:
            row, where = (voted, "fer2013.csv") if face is None else (face, "fer2013new.csv")
            raise row.error("tables of equally many rows", f"no such row in {where}")
        yield Tile(
            name=voted.cells["Image name"] or f"row {index}",
            pixels=_pixels(face),
            split=_split(face),
            group=groups.get(index, index) if groups else None,
            votes=Votes(*(_count(voted, column) for column in (*_VOTES, *_OTHERS))),
            basic=int(face.number_at("emotion")),
        )


def _pixels(row: Row) -> Pixels:
    grey = np.fromstring(row.cells["pixels"], np.int64, sep=" ")
    if len(grey) != SIDE * SIDE or grey.min() < 0 or grey.max() > 255:
        raise row.error(f"{SIDE * SIDE} numbers from 0 to 255 in column 'pixels'", f"{len(grey)} or others")
    return np.repeat(grey.astype(np.uint8).reshape(SIDE, SIDE, 1), 3, axis=2)


def _split(row: Row) -> Split:
    usage = row.cells["Usage"]
    if usage not in SPLITS:
        raise row.error(f"{', '.join(SPLITS)} in column 'Usage'", repr(usage))
    return SPLITS[usage]


def _count(row: Row, column: str) -> int:
    cell = row.cells[column].strip()
    if not cell.isdecimal():
        raise row.error(f"a count of votes in column {column!r}", repr(cell))
    return int(cell)


def _groups(path: Path) -> dict[int, int]:
    if not path.is_file():
        return {}
    rows = read_rows(path, ("index", "group"))
    return {int(row.number_at("index")): int(row.number_at("group")) for row in rows}
