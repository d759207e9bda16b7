"""A face as a picture, at any size and turned as a head is."""

from __future__ import annotations

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from smilecascade.express.drawn.pixels import painted
from smilecascade.express.drawn.portrait import portrait
from smilecascade.express.drawn.svg import written
from smilecascade.express.face import FaceShape

#: Sides of a picture, pixels: below nothing is to be seen, above nobody waits for it.
MIN_SIZE, MAX_SIZE = 12, 2048


def to_pixels(face: FaceShape, size: int, roll: float = 0) -> NDArray[np.uint8]:
    """A face as RGBA (size, size, 4), uint8, not premultiplied; transparent about the head.

    size: the side in pixels, 12..2048; the smaller, the fewer details and the thicker lines.
    roll: how far the head leans, degrees, clockwise as one sees it; as ``records.Face.roll``.
    Raises ValueError for a size or a roll that is none.
    """
    _check(size, roll)
    return painted(portrait(face, size), size, roll)


def to_svg(face: FaceShape, size: int, roll: float = 0) -> str:
    """A face as an SVG document, with the same arguments as ``to_pixels``, and the same look.

    It refers to nothing outside itself, and the same face gives the same text.
    """
    _check(size, roll)
    return written(portrait(face, size), size, roll)


def _check(size: int, roll: float) -> None:
    if not MIN_SIZE <= size <= MAX_SIZE or size != int(size):
        raise ValueError(f"size: expected a whole number of pixels from {MIN_SIZE} to {MAX_SIZE}, got {size}")
    if not isfinite(roll):
        raise ValueError(f"roll: expected a number of degrees, got {roll}")
