"""A long curve in as few points as a chart can show, without losing a spike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smilecascade.runs.info import Points

#: With fewer points than the ends, a least, a greatest and a gap, a curve cannot be shown.
LEAST_COUNT = 5


def in_order(points: Points) -> Points:
    """The points in order of step; those of one step stay as they were logged."""
    if np.all(points.steps[1:] >= points.steps[:-1]):
        return points
    return points[np.argsort(points.steps, kind="stable")]


def thinned(points: Points, count: int) -> Points:
    """At most ``count`` of these points, in their order; all of them where they are no more.

    The points are dealt into buckets of equal numbers, and of each bucket stay the least and the
    greatest finite value and the first that is not finite, which a chart shows as a gap; of equal
    values the first. The first and the last point always stay. Raises ValueError for a ``count``
    under 5.
    """
    check_count(count)
    if len(points) <= count:
        return points
    return points[_kept(points.values, count)]


def check_count(count: int) -> None:
    """Raise ValueError for a ``count`` under 5."""
    if count < LEAST_COUNT:
        raise ValueError(f"count: expected at least {LEAST_COUNT} points, got {count}")


def _kept(values: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    finite = np.isfinite(values)
    buckets = (count - 2) // (2 if finite.all() else 3)
    size = -(-len(values) // buckets)
    missing = -len(values) % size
    table = np.pad(values, (0, missing)).reshape(-1, size)
    drawn = np.pad(finite, (0, missing)).reshape(-1, size)
    gaps = np.pad(~finite, (0, missing)).reshape(-1, size)
    picked = (
        (np.where(drawn, table, np.inf).argmin(axis=1), drawn),
        (np.where(drawn, table, -np.inf).argmax(axis=1), drawn),
        (gaps.argmax(axis=1), gaps),
    )
    starts = np.arange(len(table)) * size
    rows = [(starts + columns)[there.any(axis=1)] for columns, there in picked]
    return np.unique(np.concatenate([[0], *rows, [len(values) - 1]]))
