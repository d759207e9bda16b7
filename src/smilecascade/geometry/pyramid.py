"""The pyramid: at which sizes a photo is searched, and which square each position stands for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smilecascade.geometry.boxes import FloatArray, squares_about


def window_sides(
    height: int, width: int, *, min_face: float, step: float, largest: float
) -> NDArray[np.float64]:
    """Sides of the windows searched in a photo, pixels, ascending: (K,), K ≥ 0.

    They are min_face, min_face·step, … up to ``largest`` short sides of the photo: faces
    are cut by photo borders and can fill a photo.
    """
    limit = largest * min(height, width)
    if limit < min_face:
        return np.zeros(0)
    count = int(np.floor(np.log(limit / min_face) / np.log(step) + 1e-9)) + 1
    sides: NDArray[np.float64] = min_face * step ** np.arange(count, dtype=np.float64)
    return sides


def squares_of_positions(
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    *,
    side: float | NDArray[np.float64],
    window: int,
    stride: int,
    border: int,
    ratio: tuple[float, float] | NDArray[np.float64],
) -> FloatArray:
    """Squares in the photo of positions on a level's score map: (N, 4).

    rows, columns: (N,) positions on the map. side: the window's side in the photo, one for
    all or (N,). window: its side on the pyramid image, which has ``border`` pixels of padding
    all around. ratio: photo pixels per pyramid pixel along x and y, one pair for all or
    (N, 2); they differ in the last digits, since a pyramid image has whole pixels.
    """
    first = window / 2 - border
    middle = (np.stack([columns, rows], axis=1) * stride + first) * np.asarray(ratio)
    return squares_about(middle, np.broadcast_to(side, len(middle)))
