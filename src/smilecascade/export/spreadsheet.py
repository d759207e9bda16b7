"""CSV: a row a face, and one row for a photo or frame without faces and for a file that was not read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from smilecascade.export.cells import CELLS, cells
from smilecascade.export.outcomes import Plain

#: The columns of every file; ``face`` counts the faces of a photo from 1 and is empty where it has none.
COLUMNS = ("path", "width", "height", "error", "face", *CELLS)

#: The columns that follow where some row has them. Then comes a column for each expression.
OPTIONAL = ("track", "frame", "time_s", "expression", "smiley")

#: What a column of the probability of an expression is called.
PROBABILITY = "probability_{}"


def write_csv(records: Iterable[Plain], path: Path) -> None:
    """Write a table with a line of titles: ``COLUMNS``, then the optional ones that there are.

    records: gone through twice, first for their columns. Text is UTF-8; what a photo does not
    have is an empty cell.
    """
    columns = _columns(records)
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
        table = csv.DictWriter(stream, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(row for record in records for row in rows(record))


def rows(record: Plain) -> Iterator[dict[str, Any]]:
    """The rows of a record: one for each face, or a single one where it has no face."""
    photo = {name: value for name, value in record.items() if name != "faces"}
    faces = record.get("faces") or ()
    for number, face in enumerate(faces, 1):
        yield photo | {"face": number} | _flat(cells(face))
    if not faces:
        yield photo


def _flat(face: dict[str, Any]) -> dict[str, Any]:
    shares = face.pop("probabilities", {})
    return face | {PROBABILITY.format(name): share for name, share in shares.items()}


def _columns(records: Iterable[Plain]) -> list[str]:
    found = dict.fromkeys(name for record in records for row in rows(record) for name in row)
    optional = [name for name in OPTIONAL if name in found]
    return [*COLUMNS, *optional, *(name for name in found if name not in (*COLUMNS, *OPTIONAL))]
