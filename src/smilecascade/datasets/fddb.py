"""FDDB: news photos with an ellipse a face, in ten folds.

Layout: ``FDDB-folds/FDDB-fold-NN.txt``, a photo's name a line, and beside each
``FDDB-fold-NN-ellipseList.txt``: for each photo its name, the number of faces and a line a
face: major radius, minor radius, angle (radians, of the major axis), centre x, centre y, 1.
Photos lie in ``originalPics``, as name.jpg. A single list is read too: ``photos.txt``,
``ellipseList.txt`` and ``images``. Source: Jain, Learned-Miller: FDDB, UMass Amherst
UM-CS-2010-009.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, sin
from pathlib import Path

from smilecascade.datasets.framing import Framing
from smilecascade.datasets.labels import face_label
from smilecascade.datasets.lines import Line, Lines
from smilecascade.errors import DatasetError
from smilecascade.geometry.boxes import Point, square_of_ellipse
from smilecascade.records import AnnotatedPhoto, FaceLabel, OriginalLabel

#: The ellipses reach up into the hair. Medians over 786 faces against YuNet's landmarks, less
#: the same over 1500 faces of WebFaces; standard errors 0.002.
FRAMING = Framing(down=0.095, scale=0.88)

_ELLIPSE = "6 numbers (major radius, minor radius, angle, centre x, centre y, 1)"


def read(root: Path, *, photos: Path | None = None) -> Iterator[AnnotatedPhoto]:
    """The photos of all folds, fold by fold, in the order of the ellipse lists.

    ``photos`` is the folder of the photos, where it is not the layout's own; that they exist
    is not checked, since the labels alone have their uses. Squares are moved from the
    ellipses' framing into the canonical one. DatasetError for a broken line and for a photo
    that is in one of a fold's two lists only.
    """
    for names, ellipses, folder in folds(root):
        listed = {line.text: line for line in Lines(names)} if names.is_file() else None
        for line, photo in _photos(ellipses, photos or folder):
            if listed is not None and listed.pop(photo.name, None) is None:
                raise line.error(f"a photo of {names.name}", repr(photo.name))
            yield photo
        for name, line in (listed or {}).items():
            raise line.error(f"a photo of {ellipses.name}", repr(name))


def folds(root: Path) -> Iterator[tuple[Path, Path, Path]]:
    """For each fold: the list of its photos, that of its ellipses, and the folder of the photos.

    A single list is the only fold. DatasetError where there is none.
    """
    if (root / "ellipseList.txt").is_file():
        yield root / "photos.txt", root / "ellipseList.txt", root / "images"
        return
    folds = sorted((root / "FDDB-folds").glob("FDDB-fold-*-ellipseList.txt"))
    if not folds:
        raise DatasetError(f"{root}: expected FDDB-folds/FDDB-fold-NN-ellipseList.txt, got no such file")
    for ellipses in folds:
        names = ellipses.with_name(ellipses.name.replace("-ellipseList", ""))
        yield names, ellipses, root / "originalPics"


def _photos(ellipses: Path, folder: Path) -> Iterator[tuple[Line, AnnotatedPhoto]]:
    lines = Lines(ellipses)
    for line in lines:
        count = lines.take("the number of faces").count("the number of faces")
        faces = tuple(_face(lines.take(_ELLIPSE)) for _ in range(count))
        yield line, AnnotatedPhoto(path=folder / f"{line.text}.jpg", name=line.text, faces=faces)


def _face(line: Line) -> FaceLabel:
    major, minor, angle, x, y, _ = line.numbers(6, _ELLIPSE)
    original = OriginalLabel(kind="ellipse", values=(major, minor, angle, x, y))
    if major <= 0 or minor <= 0:
        return face_label(line, None, original)
    square = FRAMING.canonical(square_of_ellipse(major, minor, x, y), _chinward(angle))
    return face_label(line, square, original)


def _chinward(angle: float) -> Point:
    """The major axis from brow to chin: an ellipse does not say which, so the lower end counts."""
    return (cos(angle), sin(angle)) if sin(angle) >= 0 else (-cos(angle), -sin(angle))
