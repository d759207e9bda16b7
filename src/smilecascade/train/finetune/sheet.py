"""The labelled faces on one picture, to be looked at before anything is learned from them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from smilecascade import images
from smilecascade.draw import contact
from smilecascade.draw.paint import Colour
from smilecascade.errors import ImageError
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto, FaceLabel

#: So many faces fit on the sheet: as many as anybody looks through.
MOST_FACES = 600

_FACE: Colour = (40, 180, 90)
_IGNORED: Colour = (150, 150, 150)


def labelled_faces(photos: Iterable[AnnotatedPhoto], count: int, seed: int) -> tuple[Pixels, list[str]]:
    """A sheet of the labelled faces, and what is wrong with photos that cannot be read.

    Each face in its surroundings, its square green, or grey where it is ignored; below it the end of
    its photo's name. Of ``count`` faces, if more than ``MOST_FACES``, a choice by the seed is
    shown, in the order of the labels. RGB uint8 (H, W, 3).
    """
    chosen = set(np.random.default_rng(seed).permutation(count)[:MOST_FACES].tolist())
    pictures: list[Pixels] = []
    faults: list[str] = []
    start = 0
    for photo in photos:
        rows = [row for row in range(len(photo.faces)) if start + row in chosen]
        start += len(photo.faces)
        try:
            image = images.read(photo.path)
        except ImageError as error:
            faults.append(str(error))
        else:
            pictures += [_picture(image, photo, photo.faces[row]) for row in rows]
    return contact.sheet(pictures), faults


def _picture(image: Pixels, photo: AnnotatedPhoto, face: FaceLabel) -> Pixels:
    colour = _FACE if face.role == "face" else _IGNORED
    return contact.picture(image, face.square, colour, [Path(photo.name).stem])
