"""Squares and boxes: centres and sides, overlaps, and the one canonical square of a face.

All boxes are ``xyxy`` float32 arrays of shape (N, 4), right and bottom exclusive, in
pixels; N = 0 is an ordinary value everywhere. Nothing here changes its arguments.
"""

from __future__ import annotations

from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Box = tuple[float, float, float, float]

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]

#: Side of the canonical square, in distances between the midpoint of the eyes and that of
#: the mouth, and how far its centre lies from their midpoint towards the eyes (docs/architecture.md,
#: "One face box").
SIDE_PER_EYE_MOUTH = 2.35
SHIFT_TO_EYES = 0.2


def areas(boxes: FloatArray) -> FloatArray:
    """Areas of (N, 4) boxes as (N,) float32, pixels²; 0 where right < left or bottom < top."""
    x1, y1, x2, y2 = boxes.T
    area: FloatArray = np.maximum(x2 - x1, 0) * np.maximum(y2 - y1, 0)
    return area


def intersections(first: FloatArray, second: FloatArray) -> FloatArray:
    """Shared areas of every box of (N, 4) with every box of (M, 4): (N, M), pixels²."""
    left, top, right, bottom = first.T[:, :, None]
    x1, y1, x2, y2 = second.T[:, None, :]
    width = np.maximum(np.minimum(right, x2) - np.maximum(left, x1), 0)
    height = np.maximum(np.minimum(bottom, y2) - np.maximum(top, y1), 0)
    shared: FloatArray = width * height
    return shared


def iou(first: FloatArray, second: FloatArray) -> FloatArray:
    """Intersection over union of (N, 4) with (M, 4) boxes: (N, M) in 0..1; 0 for empty unions."""
    shared = intersections(first, second)
    union = areas(first)[:, None] + areas(second)[None, :] - shared
    overlap: FloatArray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap


def iou_of_pairs(first: FloatArray, second: FloatArray) -> FloatArray:
    """The same of each box of (N, 4) with the one in the same row of another (N, 4): (N,)."""
    shared = np.maximum(
        np.minimum(first[:, 2:], second[:, 2:]) - np.maximum(first[:, :2], second[:, :2]), 0
    ).prod(axis=1)
    union = areas(first) + areas(second) - shared
    overlap: FloatArray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap


def centres(boxes: FloatArray) -> FloatArray:
    """Centres of (N, 4) boxes: (N, 2) as x, y."""
    middle: FloatArray = (boxes[:, :2] + boxes[:, 2:]) / np.float32(2)
    return middle


def sides(squares: FloatArray) -> FloatArray:
    """Sides of (N, 4) squares, taken along x: (N,)."""
    return squares[:, 2] - squares[:, 0]


def squares_about(centre: NDArray[np.floating], side: NDArray[np.floating]) -> FloatArray:
    """The squares with these (N, 2) centres and (N,) sides: (N, 4) float32."""
    half = np.asarray(side)[:, None] / 2
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)


def square_of_eyes_and_mouth(eyes: Point, mouth: Point) -> Box:
    """The canonical square of a face from the midpoint of its eyes and that of its mouth.

    With d their distance: side 2.35·d, the centre at their midpoint moved 0.2·d towards
    the eyes. Two equal points give an empty square, which no label accepts.
    """
    toward_x, toward_y = eyes[0] - mouth[0], eyes[1] - mouth[1]
    half = SIDE_PER_EYE_MOUTH * hypot(toward_x, toward_y) / 2
    x = (eyes[0] + mouth[0]) / 2 + SHIFT_TO_EYES * toward_x
    y = (eyes[1] + mouth[1]) / 2 + SHIFT_TO_EYES * toward_y
    return (x - half, y - half, x + half, y + half)


def square_of_box(box: Box) -> Box:
    """The canonical square of a box without landmarks: its centre, side √(width·height)."""
    x1, y1, x2, y2 = box
    half = sqrt((x2 - x1) * (y2 - y1)) / 2
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    return (x - half, y - half, x + half, y + half)


def square_of_ellipse(major: float, minor: float, x: float, y: float) -> Box:
    """The canonical square of an FDDB ellipse: about its centre, side 2·√(major·minor) (radii)."""
    half = sqrt(major * minor)
    return (x - half, y - half, x + half, y + half)


def faces_of_squares(squares: FloatArray, *, width: float, height: float) -> FloatArray:
    """Boxes of the usual shape about the same centres: width and height in sides of the square."""
    size = sides(squares)[:, None] * np.array([width, height], np.float32) / 2
    middle = centres(squares)
    return np.concatenate([middle - size, middle + size], axis=1).astype(np.float32)
