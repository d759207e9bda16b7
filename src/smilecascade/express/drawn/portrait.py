"""A face as a list of shapes, from back to front."""

from __future__ import annotations

from collections.abc import Iterator

from smilecascade.express.drawn.detail import Detail
from smilecascade.express.drawn.extras import cheeks, drops, wrinkles
from smilecascade.express.drawn.eyes import eyes
from smilecascade.express.drawn.mouth import mouth
from smilecascade.express.drawn.palette import FLUSH, GLOW, PALLOR, RIM, SHADE, SICKLY, SKIN, mixed
from smilecascade.express.drawn.shapes import Ellipse, Flat, Linear, Radial, Shape, Stop
from smilecascade.express.face import FaceShape

_RADIUS = 97.0


def portrait(face: FaceShape, size: int) -> list[Shape]:
    """The shapes of a face, with the detail that suits a picture of size x size pixels."""
    detail = Detail.at(size)
    parts = (cheeks, wrinkles, eyes, mouth, drops)
    return [*_skin(face), *(shape for part in parts for shape in part(face, detail))]


def _skin(face: FaceShape) -> Iterator[Shape]:
    inner = (_RADIUS - 3, _RADIUS - 3)
    yield Ellipse((0, 0), (_RADIUS, _RADIUS), Flat(RIM))
    light = (Stop(0, GLOW), Stop(0.55, SKIN), Stop(1, SHADE))
    yield Ellipse((0, 0), inner, Radial((-28, -42), 150, light))
    tints = [(0.62 * face.flush, FLUSH), (0.6 * face.sickly, SICKLY), (0.9 * face.pallor, PALLOR)]
    amount = min(sum(weight for weight, _ in tints), 1)
    if amount > 0.01:
        colour = mixed(tints)
        fade = (Stop(0, colour, amount), Stop(0.5, colour, amount * 0.55), Stop(1, colour, amount * 0.05))
        yield Ellipse((0, 0), inner, Linear((0, -95), (0, 75), fade))
