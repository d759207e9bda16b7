"""From the numbers of a line to the label of a face and the photo that it belongs to."""

from __future__ import annotations

from pathlib import Path

from smilecascade.datasets.lines import Place
from smilecascade.geometry.boxes import Box
from smilecascade.records import FaceLabel, LabelRole, Landmarks, OriginalLabel

#: Faces with a smaller square, in pixels, are ignored: too little is left of a face to tell
#: it from background, even for people.
SMALLEST_SIDE = 8.0


def face_label(
    place: Place,
    square: Box | None,
    original: OriginalLabel,
    *,
    points: Landmarks | None = None,
    role: LabelRole = "face",
    group: str = "",
) -> FaceLabel:
    """A face that a line labels; a face whose square is under ``SMALLEST_SIDE`` is ignored.

    DatasetError, with the line's place, where the numbers span no square: equal points, or
    a width or height that is not above 0.
    """
    if square is None or not square[2] > square[0]:
        raise place.error("a face of positive size", " ".join(f"{value:g}" for value in original.values))
    if role == "face" and square[2] - square[0] < SMALLEST_SIDE:
        role = "ignore"
    return FaceLabel(square=square, original=original, points=points, role=role, group=group)


def existing_photo(place: Place, path: Path) -> Path:
    """The photo that a line names; DatasetError where the set does not carry it."""
    if not path.is_file():
        raise place.error("the name of a photo of the set", f"{path}, which does not exist")
    return path
