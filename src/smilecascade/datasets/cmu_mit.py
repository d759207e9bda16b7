"""CMU+MIT frontal faces: grey photos, a box around each face; photos without faces belong to it.

Layout: ``ground_truth_bboxes_face_only.txt``, a line a face: file name, x1 y1 x2 y2; photos in
``images``. Drawn faces count as faces. Source: Rowley, Baluja, Kanade: Neural
network-based face detection, PAMI 1998; Sung, Poggio, 1998.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.datasets import backgrounds
from smilecascade.datasets.labels import existing_photo, face_label
from smilecascade.datasets.lines import Lines
from smilecascade.geometry.boxes import square_of_box
from smilecascade.records import AnnotatedPhoto, FaceLabel, OriginalLabel

_LINE = "a file name and x1 y1 x2 y2"


def read(root: Path) -> Iterator[AnnotatedPhoto]:
    """All photos in ``images`` by name, each with its faces, some with none.

    DatasetError for a broken line and for a photo that a line names and the set lacks.
    """
    faces: dict[str, list[FaceLabel]] = {}
    for line in Lines(root / "ground_truth_bboxes_face_only.txt"):
        name, (x1, y1, x2, y2) = line.named_numbers(4, _LINE)
        existing_photo(line, root / "images" / name)
        original = OriginalLabel(kind="box", values=(x1, y1, x2, y2))
        square = square_of_box((x1, y1, x2, y2)) if x2 > x1 and y2 > y1 else None
        faces.setdefault(name, []).append(face_label(line, square, original))
    for photo in backgrounds.read(root / "images"):
        yield AnnotatedPhoto(path=photo.path, name=photo.name, faces=tuple(faces.get(photo.name, ())))
