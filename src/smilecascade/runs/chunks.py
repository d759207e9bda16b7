"""Chunks: the points of a metric in rows of up to 1024, as little-endian columns.

Every chunk of a metric but its last is full, so point number k is in chunk k // 1024.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import numpy as np

from smilecascade.runs.info import Points

#: Points of a full chunk: a million points are a thousand rows, and the last one, which is written
#: anew with every flush, stays below 25 kB.
CHUNK = 1024

_STEPS = np.dtype("<i8")
_FLOATS = np.dtype("<f8")

_WRITE = """
INSERT OR REPLACE INTO chunks (run, metric, number, low, high, least, greatest, steps, times, vals)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def write(connection: sqlite3.Connection, run: str, metric: str, number: int, points: Points) -> None:
    """Write 1 to 1024 points as the chunk of this number, in place of what it held."""
    steps = (int(points.steps.min()), int(points.steps.max()))
    columns = (
        points.steps.astype(_STEPS).tobytes(),
        points.times.astype(_FLOATS).tobytes(),
        points.values.astype(_FLOATS).tobytes(),
    )
    connection.execute(_WRITE, (run, metric, number, *steps, *bounds(points), *columns))


def read(row: sqlite3.Row) -> Points:
    """The points of a row of chunks, as read-only arrays. Raises ValueError where it is damaged."""
    return Points(
        steps=np.frombuffer(row["steps"], _STEPS),
        times=np.frombuffer(row["times"], _FLOATS),
        values=np.frombuffer(row["vals"], _FLOATS),
    )


def split(points: Points) -> Iterator[Points]:
    """The points in chunks, all of them full but the last; of no points none."""
    for start in range(0, len(points), CHUNK):
        yield points[start : start + CHUNK]


def bounds(points: Points) -> tuple[float | None, float | None]:
    """The least and the greatest finite value; None, None where there is none."""
    finite = points.values[np.isfinite(points.values)]
    return (float(finite.min()), float(finite.max())) if len(finite) else (None, None)


def last_finite(points: Points) -> float | None:
    """The finite value that was logged last; None where there is none."""
    finite = points.values[np.isfinite(points.values)]
    return float(finite[-1]) if len(finite) else None
