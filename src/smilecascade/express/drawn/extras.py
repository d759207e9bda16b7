"""What comes to a face beside its features: cheeks, a tear, a drop of sweat, a wrinkled nose."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smilecascade.express.drawn.detail import Detail, ramp
from smilecascade.express.drawn.palette import BLUSH, BROW, FOAM, WATER, WHITE
from smilecascade.express.drawn.shapes import (
    Ellipse,
    Fill,
    Flat,
    Linear,
    Point,
    Radial,
    Shape,
    Stop,
    Stroke,
    arch,
    joined,
)
from smilecascade.express.face import FaceShape

#: A drop about its middle, from its tip down the right side and up the left one.
_RIGHT = [(0, -1.45), (0.2, -0.95), (0.85, -0.45), (0.85, 0.15), (0.85, 0.6), (0.45, 0.95), (0, 0.95)]
_DROP = joined(np.array(_RIGHT), np.array(_RIGHT[::-1]) * (-1, 1))


def cheeks(face: FaceShape, detail: Detail) -> Iterator[Shape]:
    """Pink cheeks."""
    opacity = 0.6 * face.blush * detail.fine
    if opacity > 0.01:
        for side in (-1, 1):
            centre = (side * 56.0, 17.0)
            yield Ellipse(centre, (22, 22), Radial(centre, 22, (Stop(0, BLUSH, opacity), Stop(1, BLUSH, 0))))


def drops(face: FaceShape, detail: Detail) -> Iterator[Shape]:
    """A tear under the left eye, sweat on the right of the forehead."""
    yield from _drop((-46, 24), 13, face.tear, detail)
    yield from _drop((66, -42), 11, face.sweat, detail)


def wrinkles(face: FaceShape, detail: Detail) -> Iterator[Shape]:
    """Folds of the nose, between the eyes."""
    depth = face.wrinkle * detail.fine
    if depth > 0.05:
        for y, half in ((-10.0, 6.0), (-2.0, 8.0)):
            yield Stroke(arch((-half, y), (half, y), -4, 0.3), 3.2 * depth, Flat(BROW, 0.8))


def _drop(centre: Point, size: float, amount: float, detail: Detail) -> Iterator[Shape]:
    seen = ramp(amount, 0.4, 0.8)
    if seen == 0:
        return
    # A drop grows out of nothing but is soon clear: half-clear blue on yellow is grey.
    size, opacity = size * detail.eyes * (0.5 + 0.5 * seen), min(4 * seen, 1)
    x, y = centre
    water = (Stop(0, FOAM, opacity), Stop(1, WATER, opacity))
    yield Fill(_DROP * size + centre, Linear((x, y - 1.7 * size), (x, y + size), water))
    if detail.fine > 0.5:
        gleam, radii = (x - 0.3 * size, y + 0.3 * size), (0.17 * size, 0.28 * size)
        yield Ellipse(gleam, radii, Flat(WHITE, 0.85 * opacity))
