"""Contact sheets: many small pictures of faces, each in its surroundings and with words below it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from smilecascade.draw.paint import INK, Colour, paint, region, rendered, stamp, to_rounded_box
from smilecascade.geometry.boxes import Box, centres, sides, squares_about
from smilecascade.mipmaps import Mipmaps, Pixels

#: Side of a picture in pixels, the sides of the square that it shows, and pictures in a row.
SIDE, CONTEXT, COLUMNS = 96, 2.0, 16

#: Height of the letters below a picture, and how many of them fit there.
LETTERS, FITTING = 9, 18

_MARGIN = 2


def picture(image: Pixels, square: Box, colour: Colour, words: Sequence[str]) -> Pixels:
    """A square of RGB uint8 (H, W, 3), framed, in its surroundings; below it the ends of some words.

    Beyond the photo all is grey. RGB uint8, of one size for each number of words.
    """
    cut = _surroundings(image, square)
    edge, middle = SIDE / CONTEXT / 2, SIDE / 2
    everywhere = region(cut, (0, 0, SIDE, SIDE))
    frame = (middle - edge, middle - edge, middle + edge, middle + edge)
    paint(cut, everywhere, np.abs(to_rounded_box(everywhere, frame, 1)) - 1, colour)
    line = LETTERS + 4
    cell = np.full((SIDE + line * len(words) + _MARGIN, SIDE + 2 * _MARGIN, 3), 255, np.uint8)
    cell[_MARGIN : SIDE + _MARGIN, _MARGIN : SIDE + _MARGIN] = cut
    for row, text in enumerate(words):
        top = SIDE + 2 * _MARGIN + row * line
        stamp(cell, rendered(text[-FITTING:].strip() or "?", LETTERS), _MARGIN + 1, top, INK)
    return cell


def sheet(pictures: Sequence[Pixels]) -> Pixels:
    """Pictures of one size in rows of ``COLUMNS``, on white; without any a white spot."""
    if not pictures:
        return np.full((SIDE, SIDE, 3), 255, np.uint8)
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // COLUMNS)
    laid = np.full((rows * height, min(COLUMNS, len(pictures)) * width, 3), 255, np.uint8)
    for place, one in enumerate(pictures):
        top, left = place // COLUMNS * height, place % COLUMNS * width
        laid[top : top + height, left : left + width] = one
    return laid


def _surroundings(image: Pixels, square: Box) -> Pixels:
    """What lies about a square, (SIDE, SIDE, 3)."""
    face = np.array([square], np.float32)
    around = squares_about(centres(face), sides(face) * CONTEXT)
    fine = np.ascontiguousarray(Mipmaps(image).crops(around, 2 * SIDE)[0, ..., :3])
    return np.array(Image.fromarray(fine).reduce(2))
