"""Shapes as pixels: laid over one another, each with smooth edges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from smilecascade.express.drawn.coverage import Coverage, coverages
from smilecascade.express.drawn.outlines import outline
from smilecascade.express.drawn.shapes import REACH, Flat, Floats, Linear, Paint, Radial, Shape, Stop

Region = tuple[int, int, int, int]

#: Steps of a gradient: more than the shades between any two colours.
_STEPS = 1024


def painted(shapes: Sequence[Shape], size: int, roll: float) -> NDArray[np.uint8]:
    """Shapes in a square picture, RGBA (size, size, 4); what none of them covers is transparent.

    size: pixels. roll: degrees by which all is turned about the middle, clockwise as one sees it.
    """
    view = _View(size, roll)
    # Red, green, blue, multiplied by the opacity, and that: one law lays all four over what is there.
    canvas = np.zeros((4, size, size), np.float32)
    outlines = [view.to_pixels(outline(shape, view.scale)) for shape in shapes]
    for shape, covered in zip(shapes, coverages(outlines), strict=True):
        _lay(canvas, covered, shape.paint, view)
    # What rounds to nothing is nothing, of no colour.
    canvas *= canvas[3] > 0.5 / 255
    np.divide(canvas[:3], canvas[3], out=canvas[:3], where=canvas[3] > 0)
    shades = np.clip(canvas * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(shades, 0, -1))


class _View:
    """Where the units of the shapes lie among pixels."""

    def __init__(self, size: int, roll: float) -> None:
        cos, sin = np.cos(np.radians(roll)), np.sin(np.radians(roll))
        self.size, self.scale = size, size / (2 * REACH)
        self._turn = np.array([[cos, sin], [-sin, cos]]) * self.scale

    def to_pixels(self, points: Floats) -> Floats:
        pixels: Floats = points @ self._turn + self.size / 2
        return pixels


def _lay(canvas: NDArray[np.float32], covered: Coverage, paint: Paint, view: _View) -> None:
    """Lay a paint on the canvas where a shape covers it; what reaches beyond the picture is cut."""
    left, top, (rows, columns) = covered.left, covered.top, covered.shares.shape
    x1, y1, x2, y2 = max(left, 0), max(top, 0), min(left + columns, view.size), min(top + rows, view.size)
    shares = covered.shares[y1 - top : y2 - top, x1 - left : x2 - left]
    above = _colours(paint, (x1, y1, x2, y2), view) * shares
    below = canvas[:, y1:y2, x1:x2]
    below *= 1 - above[3]
    below += above


def _colours(paint: Paint, region: Region, view: _View) -> NDArray[np.float32]:
    """A region's colours, multiplied by their opacity: (4, rows, columns), or (4, 1, 1) where it is one."""
    if isinstance(paint, Flat):
        return np.array([*paint.colour, 255], np.float32)[:, None, None] * np.float32(paint.opacity / 255)
    along = _from_centre(paint, region, view) if isinstance(paint, Radial) else _along(paint, region, view)
    steps = np.clip(along * (_STEPS - 1) + 0.5, 0, _STEPS - 1).astype(np.intp)
    return np.take(_blended(paint.stops, _STEPS), steps, axis=1)


def _from_centre(paint: Radial, region: Region, view: _View) -> Floats:
    x, y = _offsets(region, view.to_pixels(np.array(paint.centre)))
    distance: Floats = np.sqrt(x * x + y * y) / (paint.radius * view.scale)
    return distance


def _along(paint: Linear, region: Region, view: _View) -> Floats:
    start, end = view.to_pixels(np.array([paint.start, paint.end]))
    x, y = _offsets(region, start)
    across, down = (end - start) / np.sum((end - start) ** 2)
    share: Floats = x * across + y * down
    return share


def _offsets(region: Region, point: Floats) -> tuple[Floats, Floats]:
    """How far the middles of pixels lie from a point: x of the columns (1, C), y of the rows (R, 1)."""
    x1, y1, x2, y2 = region
    return np.arange(x1, x2)[None, :] + 0.5 - point[0], np.arange(y1, y2)[:, None] + 0.5 - point[1]


def _blended(stops: tuple[Stop, ...], steps: int) -> NDArray[np.float32]:
    """The colours between stops in even steps, multiplied by their opacity, (4, steps)."""
    at, places = np.linspace(0, 1, steps), [stop.at for stop in stops]
    shades = np.array([[*stop.colour, 255] for stop in stops]).T / 255
    opacity = np.interp(at, places, [stop.opacity for stop in stops])
    return np.array([np.interp(at, places, shade) * opacity for shade in shades], np.float32)
