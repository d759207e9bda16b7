"""Adding points to a metric: its unfinished chunk is written anew, and full ones follow."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from smilecascade.runs import chunks
from smilecascade.runs.info import Points

_SUMMARISE = """
INSERT INTO metrics (run, name, count, last_step, last, least, greatest) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run, name) DO UPDATE SET
  count = count + excluded.count,
  last_step = excluded.last_step,
  last = coalesce(excluded.last, last),
  least = min(coalesce(least, excluded.least), coalesce(excluded.least, least)),
  greatest = max(coalesce(greatest, excluded.greatest), coalesce(excluded.greatest, greatest))
"""


@dataclass(frozen=True, kw_only=True)
class Tail:
    """Where a metric goes on: the number of its unfinished chunk, and the points that are in it."""

    number: int
    points: Points


def tail(connection: sqlite3.Connection, run: str, metric: str) -> Tail:
    """The tail of a metric as it is stored; that of a new one is empty."""
    query = "SELECT * FROM chunks WHERE run = ? AND metric = ? ORDER BY number DESC LIMIT 1"
    row = connection.execute(query, (run, metric)).fetchone()
    if row is None:
        return Tail(number=0, points=Points.concatenate([]))
    return _after(row["number"], chunks.read(row))


def append(connection: sqlite3.Connection, run: str, metric: str, end: Tail, new: Points) -> Tail:
    """Write one or more new points behind this tail, and sum them up; returns the tail from now on."""
    summarise(connection, run, metric, new)
    return write(connection, run, metric, end, new)


def write(connection: sqlite3.Connection, run: str, metric: str, end: Tail, new: Points) -> Tail:
    """Write points behind this tail without summing them up; returns the tail from now on."""
    for number, part in enumerate(chunks.split(Points.concatenate([end.points, new])), start=end.number):
        chunks.write(connection, run, metric, number, part)
        end = _after(number, part)
    return end


def summarise(connection: sqlite3.Connection, run: str, metric: str, new: Points) -> None:
    """Count one or more new points, and what they change, in the row of the metric."""
    facts = (len(new), int(new.steps[-1]), chunks.last_finite(new), *chunks.bounds(new))
    connection.execute(_SUMMARISE, (run, metric, *facts))


def _after(number: int, points: Points) -> Tail:
    if len(points) < chunks.CHUNK:
        return Tail(number=number, points=points)
    return Tail(number=number + 1, points=points[:0])
