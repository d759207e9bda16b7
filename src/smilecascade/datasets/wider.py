"""WIDER FACE: photos of 61 kinds of event with a box and six attributes a face.

Layout: ``wider_face_split/wider_face_val_bbx_gt.txt`` (or ``train``): for each photo its
name, the number of faces and a line a face: x, y, width, height, blur, expression,
illumination, invalid, occlusion, pose; photos in ``WIDER_val/images``. A single list
``*_bbx_gt.txt`` beside ``images`` is read too. Source: Yang, Luo, Loy, Tang: WIDER FACE,
CVPR 2016, and the readme of its labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.datasets.labels import face_label
from smilecascade.datasets.lines import Line, Lines
from smilecascade.errors import DatasetError
from smilecascade.geometry.boxes import square_of_box
from smilecascade.records import AnnotatedPhoto, FaceLabel, OriginalLabel

_FACE = "10 numbers (x, y, width, height, blur, expression, illumination, invalid, occlusion, pose)"


def read(root: Path, *, split: str = "val", photos: Path | None = None) -> Iterator[AnnotatedPhoto]:
    """The photos of a split (``val`` or ``train``), or of a single list, in the list's order.

    A face that is marked invalid is to be ignored. A box whose width or height is not above
    0 marks no place and is dropped; the set has some, and a line of zeros after each photo
    without faces. ``photos`` is the folder of the photos, where it is not the layout's own;
    that they exist is not checked, since the labels alone have their uses. DatasetError for
    a broken line.
    """
    labels, folder = label_file(root, split)
    lines = Lines(labels)
    for line in lines:
        path = (photos or folder) / line.text
        yield AnnotatedPhoto(path=path, name=line.text, faces=tuple(_faces(lines)))


def label_file(root: Path, split: str) -> tuple[Path, Path]:
    """The list of a split, or the only list that there is, and the folder of its photos.

    DatasetError where there is none.
    """
    official = root / "wider_face_split" / f"wider_face_{split}_bbx_gt.txt"
    if official.is_file():
        return official, root / f"WIDER_{split}" / "images"
    single = sorted(root.glob("*_bbx_gt.txt"))
    if len(single) != 1:
        raise DatasetError(
            f"{root}: expected {official.relative_to(root)} or one *_bbx_gt.txt, got {len(single)}"
        )
    return single[0], root / "images"


def _faces(lines: Lines) -> Iterator[FaceLabel]:
    count = lines.take("the number of faces").count("the number of faces")
    for _ in range(count):
        face = _face(lines.take(_FACE))
        if face is not None:
            yield face
    if count == 0 and _says_no_face(lines.peek()):
        next(lines)


def _says_no_face(line: Line | None) -> bool:
    return line is not None and line.text.split() == ["0"] * 10


def _face(line: Line) -> FaceLabel | None:
    x, y, width, height, *_, invalid, _occlusion, _pose = line.numbers(10, _FACE)
    if width <= 0 or height <= 0:
        return None
    box = (x, y, x + width, y + height)
    original = OriginalLabel(kind="box", values=box)
    return face_label(line, square_of_box(box), original, role="ignore" if invalid else "face")
