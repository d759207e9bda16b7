"""A second opinion on incompletely labelled photos: places where negatives must not be cut.

The sets leave faces unlabelled (profiles, blurred ones, people in the background). Another
detector, if one is at hand, marks what it sees and no label covers as doubtful: neither a
face nor a negative.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from smilecascade import images
from smilecascade.errors import ImageError
from smilecascade.geometry.boxes import Box, iou, square_of_box
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto, Face, FaceLabel, OriginalLabel

#: A detector of another project: a photo to the faces that it sees, however unsurely.
Opinion = Callable[[Pixels], list[Face]]

#: Faces that overlap a label by at least this are the labelled ones.
_SAME_FACE = 0.3


def gathered(
    photos: Iterable[AnnotatedPhoto], opinion: Opinion, place: Path, data: Path
) -> dict[str, list[Box]]:
    """What another detector sees in each photo, by its path below the folder ``data``.

    Written to ``place`` and read from there; a file that is there is taken as it is.
    """
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        seen = {_name(photo, data): _boxes(photo, opinion) for photo in photos if photo.complete}
        partial = place.with_suffix(".partial")
        partial.write_text(json.dumps(seen), "utf-8")
        partial.replace(place)
    loaded: dict[str, list[Box]] = json.loads(place.read_text("utf-8"))
    return loaded


def with_doubts(
    photos: Iterable[AnnotatedPhoto], seen: dict[str, list[Box]], data: Path
) -> Iterator[AnnotatedPhoto]:
    """The photos, with what no label covers added as doubtful places."""
    for photo in photos:
        boxes = [square_of_box(box) for box in seen.get(_name(photo, data), [])]
        overlap = iou(np.array(boxes, np.float32).reshape(-1, 4), photo.squares()).max(1, initial=0)
        doubts = tuple(
            FaceLabel(square=box, original=OriginalLabel(kind="box", values=box), role="doubtful")
            for box, shared in zip(boxes, overlap, strict=True)
            if shared < _SAME_FACE
        )
        yield replace(photo, faces=photo.faces + doubts)


def _name(photo: AnnotatedPhoto, data: Path) -> str:
    return photo.path.relative_to(data).as_posix()


def _boxes(photo: AnnotatedPhoto, opinion: Opinion) -> list[Box]:
    try:
        return [face.box for face in opinion(images.read(photo.path))]
    except ImageError:
        return []
