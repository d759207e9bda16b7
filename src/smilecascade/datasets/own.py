"""Somebody's own labelled photos, in one of three formats, checked as a whole.

COCO is a JSON file, Pascal VOC a folder of XML files, WIDER FACE a text file; the photos lie in a
folder that is named beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from smilecascade.datasets import coco, own_voc, own_wider
from smilecascade.datasets.folder import PhotoFolder
from smilecascade.datasets.groups import of_faces
from smilecascade.datasets.marks import Listed, Report, photos_of
from smilecascade.errors import DatasetError
from smilecascade.records import AnnotatedPhoto

#: What lists the photos of a label file or folder, by the name of the format.
FORMATS: Mapping[str, Callable[[Path, Report], list[Listed]]] = {
    "coco": coco.listed,
    "voc": own_voc.listed,
    "wider": own_wider.listed,
}

#: Formats that hold nothing but faces: their classes are kinds of faces.
FACES_ONLY = ("voc", "wider")

#: So many faults are told, and the rest are counted: whoever mends these will ask again.
FAULTS_TOLD = 20


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What labels say, and what is wrong with them.

    photos: those without a fault, in the order of the labels; some may hold no face.
    groups: how many faces to learn from each class has. faults: the first ``FAULTS_TOLD``, a line
    each; ``broken``: how many there are.
    """

    format: str
    photos: tuple[AnnotatedPhoto, ...]
    groups: Mapping[str, int]
    faults: tuple[str, ...]
    broken: int


class _Faults:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.count = 0

    def __call__(self, error: DatasetError) -> None:
        self.count += 1
        if len(self.told) < FAULTS_TOLD:
            self.told.append(str(error))


def read(labels: Path, images: Path, *, format: str | None = None, faces: Iterable[str] = ()) -> Labels:
    """All photos that ``labels`` names below the folder ``images``, and every fault that was found.

    ``format``: one of ``FORMATS``; None: what the file or folder looks like. ``faces``: the classes
    that are faces (``groups.of_faces``). DatasetError where ``labels`` cannot be read as labels at
    all, or none of its classes is one of faces.
    """
    faults = _Faults()
    chosen = format or guessed(labels)
    folder = PhotoFolder(images)
    listed = FORMATS[chosen](labels, faults)
    found = of_faces(listed, labels.name, wanted=faces, any_class=chosen in FACES_ONLY)
    photos = tuple(photos_of(found, folder, faults))
    groups = Counter(face.group for photo in photos for face in photo.faces if face.role == "face")
    return Labels(format=chosen, photos=photos, groups=groups, faults=tuple(faults.told), broken=faults.count)


def guessed(labels: Path) -> str:
    """The format of a label file or folder; DatasetError where it looks like none."""
    if labels.is_dir():
        return "voc"
    formats = {".json": "coco", ".txt": "wider"}
    if not labels.is_file():
        raise DatasetError(f"{labels}: no such file or folder; give the labels of your photos")
    if labels.suffix.lower() not in formats:
        raise DatasetError(
            f"{labels}: its name does not say what format it has; give --format {' or '.join(FORMATS)}"
        )
    return formats[labels.suffix.lower()]
