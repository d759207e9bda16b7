"""LFW with five points: one labelled face a photo, in the middle.

Layout: ``trainImageList.txt`` and ``testImageList.txt``, a line a photo: its path below the
folder of the lists, then left, right, top, bottom of a box, then x y of the left eye, the
right eye, the nose and the left and right corner of the mouth. Source: Sun, Wang, Tang:
Deep convolutional network cascade for facial point detection, CVPR 2013.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.datasets.labels import existing_photo, face_label
from smilecascade.datasets.lines import Line, Lines
from smilecascade.records import AnnotatedPhoto, FaceLabel, Landmarks, OriginalLabel

LISTS = ("trainImageList.txt", "testImageList.txt")

_LINE = "a file name and 14 numbers (left right top bottom, then x y of five points)"


def read(root: Path) -> Iterator[AnnotatedPhoto]:
    """The photos of the training list, then those of the test list; each has one face.

    The square comes from the points, which are exact; the boxes, one detector's, sit
    loosely and are only kept as the original label. Other faces in a photo are not
    labelled, so ``complete`` is False. DatasetError for a broken line and a missing photo.
    """
    for name in LISTS:
        for line in Lines(root / name):
            yield _photo(root, line)


def _photo(root: Path, line: Line) -> AnnotatedPhoto:
    name, values = line.named_numbers(14, _LINE)
    name = name.replace("\\", "/")
    path = existing_photo(line, root / name)
    return AnnotatedPhoto(path=path, name=name, faces=(_face(line, values),), complete=False)


def _face(line: Line, values: tuple[float, ...]) -> FaceLabel:
    left, right, top, bottom = values[:4]
    left_eye, right_eye, nose, left_mouth, right_mouth = zip(values[4::2], values[5::2], strict=True)
    points = Landmarks(
        left_eye=left_eye, right_eye=right_eye, nose=nose, left_mouth=left_mouth, right_mouth=right_mouth
    )
    original = OriginalLabel(kind="box", values=(left, top, right, bottom))
    return face_label(line, points.square(), original, points=points)
