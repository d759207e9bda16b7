"""Smooth shapes and text on an array of pixels.

Every shape is painted from its signed distance (negative inside, in pixels, at the centres of
the pixels), which gives smooth edges at any width without drawing anything larger first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from smilecascade.geometry.boxes import Box, Point

Colour = tuple[int, int, int]
Region = tuple[int, int, int, int]
Floats = NDArray[np.floating]

#: A smiley's yellow, on a dark rim that keeps it visible on skin, snow and night alike.
YELLOW: Colour = (255, 212, 59)
INK: Colour = (33, 29, 20)
WHITE: Colour = (255, 255, 255)
RIM_OPACITY = 0.45


def rendered(text: str, height: float) -> Floats:
    """The text as coverage (rows, columns) in 0..1, cut to its own extent."""
    font = ImageFont.load_default(height)
    left, top, right, bottom = (int(edge) for edge in font.getbbox(text))
    mask = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(mask).text((-left, -top), text, fill=255, font=font)
    return np.asarray(mask, np.float32) / 255


def stamp(canvas: NDArray[np.uint8], coverage: Floats, x: int, y: int, colour: Colour = INK) -> None:
    """Lay coverage (rows, columns) on it in one colour, the top left corner at x, y; the rest is cut."""
    rows, columns = coverage.shape
    x1, y1, x2, y2 = place = region(canvas, (x, y, x + columns, y + rows))
    _blend(canvas, place, coverage[y1 - y : y2 - y, x1 - x : x2 - x], colour)


def region(canvas: NDArray[np.uint8], box: Box) -> Region:
    """The whole pixels that a box touches, within the photo; right ≥ left and bottom ≥ top."""
    limits = np.array([canvas.shape[1], canvas.shape[0]] * 2)
    low = np.clip(np.floor(box[:2]), 0, limits[:2])
    high = np.clip(np.ceil(box[2:]), low, limits[2:])
    return (int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def to_point(region: Region, point: Point) -> Floats:
    """Distance of every pixel of a region to a point."""
    x, y = _centres(region)
    distance: Floats = np.hypot(x - point[0], y - point[1])
    return distance


def to_rounded_box(region: Region, box: Box, radius: float) -> Floats:
    """Signed distance of every pixel of a region to the outline of a box with round corners."""
    x, y = _centres(region)
    beyond_x = np.abs(x - (box[0] + box[2]) / 2) - ((box[2] - box[0]) / 2 - radius)
    beyond_y = np.abs(y - (box[1] + box[3]) / 2) - ((box[3] - box[1]) / 2 - radius)
    outside = np.hypot(np.maximum(beyond_x, 0), np.maximum(beyond_y, 0))
    distance: Floats = outside + np.minimum(np.maximum(beyond_x, beyond_y), 0) - radius
    return distance


def _centres(region: Region) -> tuple[Floats, Floats]:
    x1, y1, x2, y2 = region
    x = np.arange(x1, x2, dtype=np.float32) + np.float32(0.5)
    y = np.arange(y1, y2, dtype=np.float32) + np.float32(0.5)
    return x[None, :], y[:, None]


def paint(
    canvas: NDArray[np.uint8], region: Region, distance: Floats, colour: Colour, opacity: float = 1
) -> None:
    """Colour the pixels of a region where the distance to a shape is negative, its edge smoothly."""
    _blend(canvas, region, np.clip(0.5 - distance, 0, 1) * np.float32(opacity), colour)


def mark(canvas: NDArray[np.uint8], point: Point, radius: float, colour: Colour) -> None:
    """A disc on its rim about a point."""
    (x, y), rim = point, max(0.8, radius / 3)
    reach = radius + rim + 1
    place = region(canvas, (x - reach, y - reach, x + reach, y + reach))
    distance = to_point(place, point)
    paint(canvas, place, distance - radius - rim, INK, RIM_OPACITY)
    paint(canvas, place, distance - radius, colour)


def _blend(canvas: NDArray[np.uint8], region: Region, coverage: Floats, colour: Colour) -> None:
    x1, y1, x2, y2 = region
    below = canvas[y1:y2, x1:x2]
    mixed = below + (np.array(colour, np.float32) - below) * coverage[..., None]
    below[...] = np.rint(mixed).astype(np.uint8)
