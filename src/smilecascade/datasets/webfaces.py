"""Caltech 10,000 Web Faces: photos from the web, four points a face.

Layout: ``WebFaces_GroundThruth.txt`` (the authors' spelling), a line a face: file name, then
x y of the left eye, the right eye, the nose and the centre of the mouth; photos in
``images``. Source: Angelova, Abu-Mostafa, Perona: Pruning training sets for learning of
object categories, CVPR 2005.

The authors labelled frontal faces only. ``unlabelled_faces.csv``, where it lies beside the
labels, lists what a detector finds where no label is: box, score and five points.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.datasets.labels import existing_photo, face_label
from smilecascade.datasets.lines import Line, Lines, Place, Row, read_rows
from smilecascade.records import AnnotatedPhoto, FaceLabel, Landmarks, OriginalLabel

#: From this score on an unlabelled place is a face: 252 of 254 such crops, looked at one by one.
SURE_SCORE = 0.78

_LINE = "a file name and 8 numbers (x y of left eye, right eye, nose, mouth)"
_BOX = ("x1", "y1", "x2", "y2")
_POINTS = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
_COLUMNS = ("file", *_BOX, "score", *(f"{axis}_{name}" for name in _POINTS for axis in "xy"))


def read(root: Path) -> Iterator[AnnotatedPhoto]:
    """The photos in the order in which the labels first name them, each with all its faces.

    Faces of ``unlabelled_faces.csv`` follow a photo's labels, with the role ``unlabelled``
    from ``SURE_SCORE`` on and ``doubtful`` below. Photos that no line names are left out:
    nothing is known about them. DatasetError for a broken line and for a missing photo.
    """
    photos: dict[str, tuple[Place, list[FaceLabel]]] = {}
    for name, place, face in (*_labelled(root), *_unlabelled(root)):
        photos.setdefault(name, (place, []))[1].append(face)
    for name, (place, faces) in photos.items():
        path = existing_photo(place, root / "images" / name)
        yield AnnotatedPhoto(path=path, name=name, faces=tuple(faces))


def _labelled(root: Path) -> Iterator[tuple[str, Place, FaceLabel]]:
    for line in Lines(root / "WebFaces_GroundThruth.txt"):
        name, face = _face_of_line(line)
        yield name, line, face


def _face_of_line(line: Line) -> tuple[str, FaceLabel]:
    name, values = line.named_numbers(8, _LINE)
    left_eye, right_eye, nose, mouth = zip(values[::2], values[1::2], strict=True)
    points = Landmarks(left_eye=left_eye, right_eye=right_eye, nose=nose, mouth=mouth)
    original = OriginalLabel(kind="points", values=values)
    return name, face_label(line, points.square(), original, points=points)


def _unlabelled(root: Path) -> Iterator[tuple[str, Place, FaceLabel]]:
    path = root / "unlabelled_faces.csv"
    for row in read_rows(path, _COLUMNS) if path.is_file() else ():
        yield row.cells["file"], row, _face_of_row(row)


def _face_of_row(row: Row) -> FaceLabel:
    named = {name: (row.number_at(f"x_{name}"), row.number_at(f"y_{name}")) for name in _POINTS}
    points = Landmarks(**named)
    original = OriginalLabel(kind="box", values=tuple(row.number_at(column) for column in _BOX))
    sure = row.number_at("score") >= SURE_SCORE
    return face_label(
        row, points.square(), original, points=points, role="unlabelled" if sure else "doubtful"
    )
