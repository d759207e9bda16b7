"""Going back to a step: what a resumed run had logged after it is logged again, so it goes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from smilecascade.runs import append, chunks, files
from smilecascade.runs.info import Points


def rewind(connection: sqlite3.Connection, run: str, step: int) -> list[Path]:
    """Drop the points and images of a run after a step; returns the files that are left to remove.

    Their paths are relative to the folder of runs.
    """
    metrics = connection.execute("SELECT name FROM metrics WHERE run = ? ORDER BY rowid", (run,)).fetchall()
    for row in metrics:
        _rewind_metric(connection, run, row["name"], step)
    late = (run, step)
    images = connection.execute("SELECT name, step FROM images WHERE run = ? AND step > ?", late).fetchall()
    connection.execute("DELETE FROM images WHERE run = ? AND step > ?", late)
    return [files.picture(run, row["name"], row["step"]) for row in images]


def _rewind_metric(connection: sqlite3.Connection, run: str, metric: str, step: int) -> None:
    """Chunks before the first that has a late point stay as they are; the others are made anew."""
    query = "SELECT min(number) FROM chunks WHERE run = ? AND metric = ? AND high > ?"
    (first,) = connection.execute(query, (run, metric, step)).fetchone()
    if first is None:
        return
    kept = _kept(connection, run, metric, first, step)
    connection.execute(
        "DELETE FROM chunks WHERE run = ? AND metric = ? AND number >= ?", (run, metric, first)
    )
    append.write(connection, run, metric, append.Tail(number=first, points=kept[:0]), kept)
    _sum_up(connection, run, metric)


def _kept(connection: sqlite3.Connection, run: str, metric: str, first: int, step: int) -> Points:
    query = "SELECT * FROM chunks WHERE run = ? AND metric = ? AND number >= ? ORDER BY number"
    points = Points.concatenate([chunks.read(row) for row in connection.execute(query, (run, metric, first))])
    return points[points.steps <= step]


def _sum_up(connection: sqlite3.Connection, run: str, metric: str) -> None:
    """The row of a metric anew, in its old place, chunk by chunk; without points it has none."""
    empty = (
        "UPDATE metrics SET count = 0, last = NULL, least = NULL, greatest = NULL WHERE run = ? AND name = ?"
    )
    connection.execute(empty, (run, metric))
    query = "SELECT * FROM chunks WHERE run = ? AND metric = ? ORDER BY number"
    for row in connection.execute(query, (run, metric)):
        append.summarise(connection, run, metric, chunks.read(row))
    connection.execute("DELETE FROM metrics WHERE run = ? AND name = ? AND count = 0", (run, metric))
