"""Faces drawn on a copy of their photo: fine rounded frames, their scores, their points."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from smilecascade.draw.paint import (
    INK,
    RIM_OPACITY,
    YELLOW,
    Colour,
    Floats,
    Region,
    mark,
    paint,
    region,
    rendered,
    stamp,
    to_rounded_box,
)
from smilecascade.geometry.boxes import Box
from smilecascade.images import check_rgb
from smilecascade.records import Face

#: Width of a line in √(width·height) of the photo, and its bounds in pixels and in sides of a face.
_LINE_PER_PHOTO = 0.004
_MIN_LINE = 1.5
_MAX_LINE_PER_FACE = 0.05

#: Height of the text in √(width·height) of the photo; below the bound, figures cannot be read.
_TEXT_PER_PHOTO = 0.022
_MIN_TEXT = 11

_RADIUS_PER_SIDE = 0.12
_RADIUS_PER_LINE = 6
_POINT_PER_FACE = 0.018


def draw_faces(
    image: NDArray[np.uint8], faces: Sequence[Face], *, scores: bool = True, colour: Colour = YELLOW
) -> NDArray[np.uint8]:
    """A copy of RGB uint8 (H, W, 3) with a frame around each face, its score and its points, if any.

    Lines and text grow with the photo. A label lies above its face, or below where there is no
    room. The surest faces are drawn last, over the others. What reaches beyond the photo is cut;
    no faces, and photos of zero area, give a plain copy. ``image`` is left as it is.

    scores: whether to write each face's score beside it.
    colour: RGB of the frames and labels; choose a light one, since text on it is dark.
    """
    canvas = np.array(check_rgb(image), order="C")
    ordered = sorted(faces, key=lambda face: face.score)
    for face in ordered:
        frame_face(canvas, face.box, colour)
        _draw_points(canvas, face, colour)
    for face in ordered if scores else ():
        text = rendered(f"{face.score:.2f}", text_height(canvas))
        label_face(canvas, face.box, text, colour)
    return canvas


def frame_face(canvas: NDArray[np.uint8], box: Box, colour: Colour) -> None:
    """Draw the frame of a face on RGB uint8 (H, W, 3) itself."""
    line = _line_width(canvas, box)
    rim = max(1.0, line / 3)
    depth = line / 2 + rim + 1
    radius = min(_RADIUS_PER_SIDE * _shorter_side(box), _RADIUS_PER_LINE * line)
    for edge in _edge_regions(canvas, box, inner=depth + radius, outer=depth):
        distance = np.abs(to_rounded_box(edge, box, radius))
        paint(canvas, edge, distance - line / 2 - rim, INK, RIM_OPACITY)
        paint(canvas, edge, distance - line / 2, colour)


def _draw_points(canvas: NDArray[np.uint8], face: Face, colour: Colour) -> None:
    radius = max(1.0, _POINT_PER_FACE * _shorter_side(face.box))
    for point in face.points or ():
        mark(canvas, point, radius, colour)


def label_face(canvas: NDArray[np.uint8], box: Box, text: Floats, colour: Colour) -> None:
    """Draw rendered text on RGB uint8 (H, W, 3) itself, on a chip of this colour beside the box."""
    padding = round(0.3 * text.shape[0]) + 1
    size = (text.shape[1] + 2 * padding, text.shape[0] + 2 * padding)
    chip = _place(canvas, box, size)
    place = region(canvas, chip)
    paint(canvas, place, to_rounded_box(place, chip, padding), colour)
    stamp(canvas, text, round(chip[0]) + padding, round(chip[1]) + padding)


def _place(canvas: NDArray[np.uint8], box: Box, size: tuple[int, int]) -> Box:
    """Where a label of this width and height goes: above the box, else below it, else inside at its top."""
    height, width = canvas.shape[:2]
    gap = round(2 * _line_width(canvas, box)) + 1
    above, below = box[1] - gap - size[1], box[3] + gap
    top = above if above >= 0 else below if below + size[1] <= height else max(0.0, box[1]) + gap
    left = round(min(max(box[0], 0), max(width - size[0], 0)))
    return (left, round(top), left + size[0], round(top) + size[1])


def _line_width(canvas: NDArray[np.uint8], box: Box) -> float:
    wanted = _LINE_PER_PHOTO * sqrt(canvas.shape[0] * canvas.shape[1])
    return max(_MIN_LINE, min(wanted, _MAX_LINE_PER_FACE * _shorter_side(box)))


def text_height(canvas: NDArray[np.uint8]) -> float:
    """The height of the text of a label, pixels."""
    return max(_MIN_TEXT, _TEXT_PER_PHOTO * sqrt(canvas.shape[0] * canvas.shape[1]))


def _shorter_side(box: Box) -> float:
    return max(0.0, min(box[2] - box[0], box[3] - box[1]))


def _edge_regions(canvas: NDArray[np.uint8], box: Box, *, inner: float, outer: float) -> list[Region]:
    """The pixels near the four edges of a box, each once: its middle, most of it, is left out."""
    x1, y1, x2, y2 = box
    inner = min(inner, max(0.0, (x2 - x1) / 2), max(0.0, (y2 - y1) / 2))
    left, top, right, bottom = region(canvas, (x1 - outer, y1 - outer, x2 + outer, y2 + outer))
    left_in, top_in, right_in, bottom_in = region(
        canvas, (x1 + inner + 1, y1 + inner + 1, x2 - inner - 1, y2 - inner - 1)
    )
    right_in, bottom_in = max(left_in, right_in), max(top_in, bottom_in)
    return [
        (left, top, right, top_in),
        (left, bottom_in, right, bottom),
        (left, top_in, left_in, bottom_in),
        (right_in, top_in, right, bottom_in),
    ]
