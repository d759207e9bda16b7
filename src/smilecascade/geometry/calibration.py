"""Calibration: the 45 displacements of a window from its face, and how they are undone.

A window is seldom centred on its face. A network names its displacement as one of 45
classes, 9 shifts of the centre times 5 scales of the side, and the window moves back. The
classes overlap, so this is a regression in disguise: the displacements of all classes
whose probability is above chance are averaged, weighted by their probabilities.

Sources: Li et al., CVPR 2015, section 3.3 (the 45 classes); "Deep learning in the garage:
two networks" (the weighting). Everything is about centres: with c the centre and w the
side of the face's square, the displaced window has the centre c + (dx, dy)·w and the side
s·w.
"""

from __future__ import annotations

from itertools import product
from typing import Literal

import numpy as np

from smilecascade.geometry.boxes import FloatArray, IntArray, centres, sides, squares_about

#: Shifts of the centre, in sides of the face's square, and scales of the side.
SHIFTS = (-0.17, 0.0, 0.17)
SCALES = tuple(1.1**k for k in (-2, -1, 0, 1, 2))

#: All displacements, (45, 3) float32 as dx, dy, ln s: the classes, in this order.
DISPLACEMENTS: FloatArray = np.array(
    [(dx, dy, np.log(s)) for s, dy, dx in product(SCALES, SHIFTS, SHIFTS)], np.float32
)

#: MIRRORED[k] is the class that class k becomes when the picture is mirrored left to right.
MIRRORED: IntArray = np.array(
    [int(np.abs(DISPLACEMENTS - row * (-1, 1, 1)).sum(1).argmin()) for row in DISPLACEMENTS], np.int32
)

#: A class counts if its probability is above chance by more than float32 can err.
ABOVE_CHANCE = 1e-6
LEAST_PROBABILITY = 1 / len(DISPLACEMENTS) + ABOVE_CHANCE


def displaced(squares: FloatArray, displacements: FloatArray) -> FloatArray:
    """Windows displaced from the squares of their faces: (N, 4).

    squares (N, 4); displacements (N, 3) as dx, dy in sides of the square, and ln s.
    """
    side = sides(squares)
    middle = centres(squares) + displacements[:, :2] * side[:, None]
    return squares_about(middle, side * np.exp(displacements[:, 2]))


def calibrated(windows: FloatArray, displacements: FloatArray) -> FloatArray:
    """The squares from which windows (N, 4) were displaced by (N, 3): the inverse of ``displaced``."""
    side = sides(windows) / np.exp(displacements[:, 2])
    middle = centres(windows) - displacements[:, :2] * side[:, None]
    return squares_about(middle, side)


def expected_displacements(
    probabilities: FloatArray, *, mean_scale: Literal["geometric", "arithmetic"] = "geometric"
) -> FloatArray:
    """The displacement that class probabilities (N, 45) stand for: (N, 3) as dx, dy, ln s.

    Classes whose probability is not above chance (1/45) are dropped; the rest are averaged,
    weighted by their probabilities. Where none is left, the displacement is zero, and the
    window stays. ``arithmetic`` averages s instead of ln s, as the article does.
    """
    weights = np.where(probabilities > LEAST_PROBABILITY, probabilities, 0)
    total = weights.sum(axis=1, keepdims=True)
    weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    moved: FloatArray = weights @ DISPLACEMENTS
    if mean_scale == "arithmetic":
        scale = weights @ np.exp(DISPLACEMENTS[:, 2])
        moved[:, 2] = np.log(np.where(total[:, 0] > 0, scale, 1))
    return moved
