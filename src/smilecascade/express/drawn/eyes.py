"""Eyes and brows. A side is -1 for the viewer's left, 1 for the right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from smilecascade.express.drawn.detail import Detail, ramp
from smilecascade.express.drawn.lens import Lens
from smilecascade.express.drawn.palette import BROW, INK, WHITE, mixed
from smilecascade.express.drawn.shapes import Ellipse, Flat, Point, Shape, Stroke, arch, turned
from smilecascade.express.face import FaceShape

#: Where the eyes lie, and the radii of a usual one.
_APART, _HEIGHT = 31.0, -11.0
_WIDTH, _TALL = 12.0, 17.5

#: How many degrees eyes and brows turn at the most.
_EYE_TURN, _BROW_TURN = 20.0, 31.0


@dataclass(frozen=True, kw_only=True)
class _Eye:
    """An eye or the dark of it: how far it reaches from its centre to the sides, up and down.

    opening: 1 open, 0 closed: a line that sags as far as ``shut``, relative to the width.
    tilt: degrees, clockwise.
    """

    centre: Point
    width: float
    upper: float
    lower: float
    opening: float
    shut: float
    tilt: float

    def lens(self) -> Lens:
        x, y = self.centre
        closed = self.shut * self.width * (1 - self.opening)
        edges = (closed - self.upper * self.opening, closed + self.lower * self.opening)
        arches = (arch((x - self.width, y), (x + self.width, y), edge, self.opening) for edge in edges)
        return Lens(*(turned(edge, self.tilt, self.centre) for edge in arches))


def eyes(face: FaceShape, detail: Detail) -> Iterator[Shape]:
    """Both eyes, with the brows above them."""
    for side, opening in ((-1, face.left_eye), (1, face.right_eye)):
        eye = _eye(face, detail, side, opening)
        yield from _white(eye, face, detail)
        yield from _dark(_iris(eye, face), detail)
        yield from _brow(face, detail, side)


def _eye(face: FaceShape, detail: Detail, side: int, opening: float) -> _Eye:
    size = face.eye_size * detail.eyes
    tall = size * _TALL * (1 + 0.2 * face.white)
    return _Eye(
        centre=(side * _APART, _HEIGHT),
        width=size * _WIDTH * (1 + 0.5 * face.white),
        upper=tall * (1 - face.upper_lid),
        # The cheek of a laughing face pushes the lower lid up beyond the middle of the eye.
        lower=tall * (1 - 1.3 * face.lower_lid),
        opening=opening,
        # Sleeping eyes sag, laughing ones are bows.
        shut=0.4 * max(1 - 3 * face.lower_lid, -1),
        tilt=-side * _EYE_TURN * face.eye_tilt,
    )


def _iris(eye: _Eye, face: FaceShape) -> _Eye:
    """The dark of an eye: all of it, unless its white is seen."""
    share = 1 - face.white * (1 - face.pupil)
    width = share * eye.width
    tall = width * _TALL * (1 + 0.2 * face.white) / (_WIDTH * (1 + 0.5 * face.white))
    x, y = eye.centre
    return replace(
        eye,
        centre=(x + face.gaze * 0.8 * (eye.width - width), y),
        width=width,
        upper=min(eye.upper, tall),
        lower=min(eye.lower, tall),
    )


def _white(eye: _Eye, face: FaceShape, detail: Detail) -> Iterator[Shape]:
    if face.white == 0:
        return
    yield eye.lens().filled(Flat(WHITE))
    lid = ramp(face.white, 0.4, 0.8) * ramp(face.upper_lid, 0, 0.4) * eye.opening
    if lid > 0.1:
        yield Stroke(eye.lens().upper, 4 * detail.stroke * lid, Flat(INK))


def _dark(iris: _Eye, detail: Detail) -> Iterator[Shape]:
    yield iris.lens().filled(Flat(INK))
    if iris.opening < 1:
        yield from iris.lens().edged(5 * (1 - iris.opening) * detail.stroke, Flat(INK))
    yield from _gleams(iris, detail)


def _gleams(iris: _Eye, detail: Detail) -> Iterator[Shape]:
    """Light in the upper left of an eye, and less of it in the lower right; none in narrow ones."""
    (x, y), width = iris.centre, iris.width
    upper, lower = iris.upper * iris.opening, iris.lower * iris.opening
    high = detail.fine * min(width / 12, upper / 15, (upper + lower) / 26)
    low = detail.fine * min(width / 12, upper / 15, lower / 17)
    if high > 0.1:
        yield Ellipse((x - 0.3 * width, y - 0.4 * upper), (4.2 * high, 5 * high), Flat(WHITE, 0.95))
    if low > 0.1:
        yield Ellipse((x + 0.32 * width, y + 0.45 * lower), (2.1 * low, 2.4 * low), Flat(WHITE, 0.45))


def _brow(face: FaceShape, detail: Detail, side: int) -> Iterator[Shape]:
    # Small faces have room for strong brows alone.
    weight = face.brow_weight * (detail.fine + (1 - detail.fine) * ramp(face.brow_weight, 0.4, 0.8))
    if weight < 0.05:
        return
    lift = face.brow_lift + max(side * face.brow_cock, 0)
    x, y = centre = (side * (_APART + 1), _HEIGHT - 28 - 10 * lift)
    bow = arch((x - 13, y), (x + 13, y), -5 + 3 * abs(face.brow_tilt), 0)
    colour = mixed([(detail.fine, BROW), (1 - detail.fine, INK)])
    turn = -side * _BROW_TURN * face.brow_tilt
    yield Stroke(turned(bow, turn, centre), 6 * weight**0.5 * detail.stroke, Flat(colour))
