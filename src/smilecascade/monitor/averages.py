"""Averages of many points by few: what smoothing needs where not every point is sent.

The extremes that a curve is drawn with say little of its middle; smoothing those would follow
the outliers. The mean of a stretch of points, and how many they were, is all that an
exponential average of the whole needs, to within that stretch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smilecascade.runs import Points


@dataclass(frozen=True, kw_only=True)
class Averages:
    """Means of neighbouring points, M rows.

    steps, times: (M,) of the last point of each stretch.
    values:       (M,) float64, the mean of its finite values; NaN where it has none.
    counts:       (M,) int64, how many finite values that were.
    """

    steps: NDArray[np.int64]
    times: NDArray[np.float64]
    values: NDArray[np.float64]
    counts: NDArray[np.int64]


def averaged(points: Points, count: int) -> Averages:
    """At most ``count`` stretches of as many points each (the last ones may have one less)."""
    total = len(points.steps)
    bounds = np.linspace(0, total, min(count, total) + 1).astype(np.int64)
    if not total:
        return Averages(
            steps=points.steps, times=points.times, values=points.values, counts=np.zeros(0, np.int64)
        )
    finite = np.isfinite(points.values)
    counts = np.add.reduceat(finite, bounds[:-1], dtype=np.int64)
    sums = np.add.reduceat(np.where(finite, points.values, 0.0), bounds[:-1])
    values = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    last = bounds[1:] - 1
    return Averages(steps=points.steps[last], times=points.times[last], values=values, counts=counts)
