"""MTFL: crops of one face each, in many poses, with five points and often a box.

Layout: ``boxes_80px.csv`` with the columns image, x, y, w, h and lx0, ly0 … lx4, ly4: the
left eye, the right eye, the nose and the left and right corner of the mouth; the box is
empty where the authors give none. Source: Zhang, Luo, Loy, Tang: Facial landmark detection
by deep multi-task learning, ECCV 2014.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.datasets.labels import existing_photo, face_label
from smilecascade.datasets.lines import Row, read_rows
from smilecascade.records import AnnotatedPhoto, FaceLabel, Landmarks, OriginalLabel

_BOX = ("x", "y", "w", "h")
_POINTS = tuple(f"l{axis}{index}" for index in range(5) for axis in "xy")


def read(root: Path) -> Iterator[AnnotatedPhoto]:
    """The crops in the order of the table, each with its one face.

    Other faces in a crop are not labelled, so ``complete`` is False. DatasetError for a
    broken row and a missing crop.
    """
    for row in read_rows(root / "boxes_80px.csv", ("image", *_BOX, *_POINTS)):
        name = row.cells["image"]
        path = existing_photo(row, root / name)
        yield AnnotatedPhoto(path=path, name=name, faces=(_face(row),), complete=False)


def _face(row: Row) -> FaceLabel:
    values = tuple(row.number_at(column) for column in _POINTS)
    left_eye, right_eye, nose, left_mouth, right_mouth = zip(values[::2], values[1::2], strict=True)
    points = Landmarks(
        left_eye=left_eye, right_eye=right_eye, nose=nose, left_mouth=left_mouth, right_mouth=right_mouth
    )
    return face_label(row, points.square(), _original(row, values), points=points)


def _original(row: Row, points: tuple[float, ...]) -> OriginalLabel:
    box = row.numbers_at(_BOX)
    if box is None:
        return OriginalLabel(kind="points", values=points)
    x, y, width, height = box
    return OriginalLabel(kind="box", values=(x, y, x + width, y + height))
