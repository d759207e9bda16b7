"""The labelled faces on one picture, to be looked at before anything is learned from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from smilecascade import images
from smilecascade.draw.paint import INK, Colour, paint, region, rendered, stamp, to_rounded_box
from smilecascade.errors import ImageError
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto, FaceLabel
from smilecascade.train.crops import cut

#: So many faces fit on the sheet: as many as anybody looks through.
MOST_FACES = 600

#: Side of a face's picture in pixels, the sides of its square that it shows, and pictures in a row.
SIDE, CONTEXT, COLUMNS = 96, 2.0, 16

#: Height of the letters below a picture, and how many of a photo's name fit there.
_LETTERS, _NAMED = 9, 18

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
    return _laid_out(pictures), faults


def _picture(image: Pixels, photo: AnnotatedPhoto, face: FaceLabel) -> Pixels:
    x1, y1, x2, y2 = face.square
    x, y, half = (x1 + x2) / 2, (y1 + y2) / 2, face.side * CONTEXT / 2
    picture = cut(image, (x - half, y - half, x + half, y + half), SIDE).copy()
    edge, middle = SIDE / CONTEXT / 2, SIDE / 2
    everywhere = region(picture, (0, 0, SIDE, SIDE))
    square = (middle - edge, middle - edge, middle + edge, middle + edge)
    outline = np.abs(to_rounded_box(everywhere, square, 1)) - 1
    paint(picture, everywhere, outline, _FACE if face.role == "face" else _IGNORED)
    cell = np.full((SIDE + _LETTERS + 6, SIDE + 4, 3), 255, np.uint8)
    cell[2 : SIDE + 2, 2 : SIDE + 2] = picture
    stamp(cell, rendered(Path(photo.name).stem[-_NAMED:] or "?", _LETTERS), 3, SIDE + 4, INK)
    return cell


def _laid_out(pictures: Sequence[Pixels]) -> Pixels:
    """Pictures of one size in rows, on white; without any a white spot."""
    if not pictures:
        return np.full((SIDE, SIDE, 3), 255, np.uint8)
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // COLUMNS)
    sheet = np.full((rows * height, min(COLUMNS, len(pictures)) * width, 3), 255, np.uint8)
    for place, picture in enumerate(pictures):
        top, left = place // COLUMNS * height, place % COLUMNS * width
        sheet[top : top + height, left : left + width] = picture
    return sheet
