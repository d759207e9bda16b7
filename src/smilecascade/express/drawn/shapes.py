"""The shapes that a smiley is made of: what both renderers draw, and all that they know.

The picture is a square that reaches from -100 to 100 in x (to the right) and y (downwards).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Colour = tuple[int, int, int]
Point = tuple[float, float]

#: Half the side of the picture.
REACH = 100.0

#: How far the handles of a quarter of an ellipse reach, as a share of its radius.
KAPPA = 0.5523


@dataclass(frozen=True)
class Stop:
    """A colour at a place of a gradient: at 0..1 of its length, opacity 0..1."""

    at: float
    colour: Colour
    opacity: float = 1.0


@dataclass(frozen=True)
class Flat:
    """One colour everywhere."""

    colour: Colour
    opacity: float = 1.0


@dataclass(frozen=True)
class Radial:
    """Stops from a centre outwards to a radius, the last one beyond it."""

    centre: Point
    radius: float
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class Linear:
    """Stops from one point to another, the first one before it and the last one beyond it."""

    start: Point
    end: Point
    stops: tuple[Stop, ...]


Paint = Flat | Radial | Linear


@dataclass(frozen=True)
class Ellipse:
    """A filled ellipse with upright axes."""

    centre: Point
    radii: Point
    paint: Paint


@dataclass(frozen=True, eq=False)
class Fill:
    """The inside of a closed path; curve (3 k + 1, 2): k cubic Béziers, each starting where one ends."""

    curve: Floats
    paint: Paint


@dataclass(frozen=True, eq=False)
class Stroke:
    """A thick curve with round ends; curve as in ``Fill``, but open."""

    curve: Floats
    width: float
    paint: Flat


Shape = Ellipse | Fill | Stroke


def ellipse(centre: Point, radii: Point) -> Floats:
    """An ellipse as a closed path of four Béziers, (13, 2)."""
    (x, y), (a, b) = centre, radii
    upper = arch((x - a, y), (x + a, y), -b, 1)
    lower = arch((x + a, y), (x - a, y), b, 1)
    return joined(upper, lower)


def arch(start: Point, end: Point, sagitta: float, fullness: float) -> Floats:
    """A symmetrical arch over a chord, as two Béziers, (7, 2).

    sagitta: how far its middle lies below (above, where negative) the middle of the chord.
    fullness: 0 a parabola, 1 half an ellipse; whatever lies between is a mean of them.
    """
    first, last = np.array(start), np.array(end)
    across, down = (last - first) / 2, np.array([0.0, sagitta])
    outer = across * (1 - fullness) / 3 + down * (fullness * KAPPA + (1 - fullness) * 2 / 3)
    inner = across * (fullness * KAPPA + (1 - fullness) / 3)
    middle = (first + last) / 2 + down
    mirrored = outer - 2 * across * (1 - fullness) / 3
    return np.array([first, first + outer, middle - inner, middle, middle + inner, last + mirrored, last])


def joined(*curves: Floats) -> Floats:
    """Curves that each start where the one before ends, as one."""
    return np.concatenate([curves[0], *(curve[1:] for curve in curves[1:])])


def turned(curve: Floats, degrees: float, about: Point) -> Floats:
    """The curve turned about a point, clockwise as one sees it."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    middle = np.array(about)
    moved: Floats = (curve - middle) @ np.array([[cos, sin], [-sin, cos]]) + middle
    return moved


def polyline(points: Sequence[Point]) -> Floats:
    """Straight lines through points as a curve: Béziers whose handles lie on them."""
    corners = np.array(points, np.float64)
    a, b = corners[:-1], corners[1:]
    pieces = np.stack([a + (b - a) / 3, a + (b - a) * 2 / 3, b], axis=1).reshape(-1, 2)
    return np.concatenate([corners[:1], pieces])
