"""The mouth, with what is seen in it where it is open."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from smilecascade.express.drawn.detail import Detail, ramp
from smilecascade.express.drawn.lens import Lens
from smilecascade.express.drawn.palette import INK, TEETH, THROAT, TONGUE, mixed
from smilecascade.express.drawn.shapes import Fill, Flat, Floats, Shape, Stroke, arch, joined, polyline
from smilecascade.express.face import AJAR, SHUT, FaceShape

_HEIGHT = 34.0


def mouth(face: FaceShape, detail: Detail) -> Iterator[Shape]:
    """The mouth: a line where it is closed."""
    lips = _lips(face)
    gap = float((lips.lower - lips.upper)[:, 1].max())
    # What is open is seen by its dark inside; a line as strong as a closed mouth's would be too much.
    openness = ramp(gap, 0, 12)
    colour = Flat(mixed([(1 - openness, INK), (openness, THROAT)]))
    upper, lower = lips.edged((6.2 - 2.8 * openness) * detail.stroke, colour)
    if gap > 0.05:
        yield lips.filled(Flat(THROAT))
        yield from _inside(lips, face, gap)
        yield lower
    yield from _tongue_out(lips, face, detail)
    yield upper


def _lips(face: FaceShape) -> Lens:
    half, smirk = 12 + 32 * face.mouth_width, face.smirk
    sag = (0.52 * face.mouth_curve + 0.36 * abs(smirk)) * half
    gape = 40 * ramp(face.mouth_open, SHUT, 1)
    top = sag - gape * face.mouth_rise
    fullness = 0.15 + 0.85 * ramp(face.mouth_open, 0.2, AJAR)
    left, right = ((side * half + 3 * smirk, _HEIGHT - _corner_lift(face, side)) for side in (-1, 1))
    upper, lower = (arch(left, right, edge, fullness) for edge in (top, top + gape))
    return Lens(_waved(upper, face.wave), _waved(lower, face.wave))


def _corner_lift(face: FaceShape, side: int) -> float:
    """How far a corner of the mouth (side: -1 the left one, 1 the right) is drawn up."""
    smirk = side * face.smirk
    return 8 * face.mouth_curve + (9 if smirk > 0 else 3) * smirk


def _waved(curve: Floats, wave: float) -> Floats:
    moved = curve.copy()
    moved[:, 1] += 9 * wave * np.array([0, -1, 1, 0, -1, 1, 0])
    return moved


def _inside(lips: Lens, face: FaceShape, gap: float) -> Iterator[Shape]:
    """The tongue, and the teeth before it: first the upper row, then the lower one as well."""
    upper, lower = 0.9 * min(face.teeth, 0.5), 0.9 * max(face.teeth - 0.5, 0)
    if gap * face.tongue > 1:
        yield lips.lower_part(0.42 * face.tongue).filled(Flat(TONGUE))
    if gap * upper > 1:
        yield lips.upper_part(upper).filled(Flat(TEETH))
    if gap * lower > 1:
        yield lips.lower_part(lower).filled(Flat(TEETH))


def _tongue_out(lips: Lens, face: FaceShape, detail: Detail) -> Iterator[Shape]:
    """A tongue that hangs out from under the upper lip."""
    length = 25 * ramp(face.tongue_out, 0.5, 0.9)
    if length < 1:
        return
    (x, y), half = lips.upper[3] + (5, 4), 11.5
    left, right, deep = (x - half, y), (x + half, y), y + 1.3 * length
    edge = np.array([left, (x - half, deep), (x + half, deep), right])
    yield Fill(joined(edge, polyline([right, left])), Flat(TONGUE))
    yield Stroke(edge, 3.4 * detail.stroke, Flat(THROAT))
    yield Stroke(polyline([(x, y), (x, y + length / 2)]), 2.5, Flat(THROAT, 0.5))
