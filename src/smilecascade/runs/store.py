"""Reading a store: its runs, their metrics, points and pictures."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from smilecascade.runs import alive, chunks
from smilecascade.runs.downsample import check_count, in_order, thinned
from smilecascade.runs.find import meant
from smilecascade.runs.info import Metric, Points, RunImage, RunInfo
from smilecascade.runs.reader import Reader
from smilecascade.runs.remove import remove
from smilecascade.runs.schema import FILE, reported, storable

_POINTS = """
SELECT m.count, c.number, c.steps, c.times, c.vals FROM metrics m
LEFT JOIN chunks c ON c.run = m.run AND c.metric = m.name
  AND c.number >= :first AND c.high >= :low AND c.low <= :high
WHERE m.run = :run AND m.name = :name ORDER BY c.number
"""

#: Below and above all steps.
_LEAST, _GREATEST = -(2**63), 2**63 - 1


def open_store(root: Path) -> Store:
    """The store in this folder; without a file there it is empty until a training makes one.

    Raises RunsError where the file is damaged, is no store, or is of another format version.
    """
    store = Store(Path(root))
    store.runs()
    return store


class Store:
    """What trainings wrote, and are writing, into a folder of runs; may be shared by threads.

    Wherever a run is asked for, its id, the beginning of its id or its name will do, if it is the
    only one so called. All raise RunsError: for a run that is not there, with the nearest that is,
    and where the file turns out to be damaged.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._reader = Reader(root / FILE)

    def runs(self) -> list[RunInfo]:
        """All runs, newest first; of no store, none."""
        rows = self._reader.rows("SELECT * FROM runs ORDER BY started DESC, id DESC")
        with reported(self._reader.path):
            return [_run(row) for row in rows]

    def run(self, id: str) -> RunInfo:
        """The run that is meant."""
        id = storable(id)
        rows = self._reader.rows("SELECT * FROM runs WHERE id = :id", id=id)
        row = rows[0] if rows else meant(id, self._reader.rows("SELECT * FROM runs"), self.root)
        with reported(self._reader.path):
            return _run(row)

    def metrics(self, id: str) -> dict[str, Metric]:
        """The metrics of a run by name, in the order in which they were first logged."""
        query = "SELECT * FROM metrics WHERE run = :run ORDER BY rowid"
        return {row["name"]: _metric(row) for row in self._of_run(query, id)}

    def images(self, id: str) -> list[RunImage]:
        """The pictures of a run, by name and then by step."""
        query = "SELECT * FROM images WHERE run = :run ORDER BY name, step"
        return [_image(row) for row in self._of_run(query, id)]

    def scalars(self, id: str, name: str, since: int = 0) -> Points:
        """The points of a metric as they were logged, without the first ``since``.

        A metric that the run has not, or not yet, has no points.
        """
        return self._points(id, name, since, _LEAST, _GREATEST)

    def downsampled(
        self,
        id: str,
        name: str,
        count: int,
        *,
        since: int = 0,
        low: float | None = None,
        high: float | None = None,
    ) -> Points:
        """At most ``count`` points of a metric between the steps ``low`` and ``high``, in order of step.

        The first, the last and all extremes of what is left out are among them, as ``thinned``
        says. ``since``: without the first so many that were logged. A count under 5 is a ValueError.
        """
        check_count(count)
        low = _LEAST if low is None else max(low, _LEAST)
        high = _GREATEST if high is None else min(high, _GREATEST)
        points = self._points(id, name, since, low, high)
        return thinned(in_order(points[(points.steps >= low) & (points.steps <= high)]), count)

    def delete(self, id: str) -> None:
        """Delete a run: its rows and its files. One that is running is refused with RunsError."""
        remove(self.root, self.run(id).id)

    def close(self) -> None:
        """Give the file up."""
        self._reader.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _of_run(self, query: str, id: str, **values: Any) -> list[sqlite3.Row]:
        """The answer for the run that is meant; its full id, the usual case, takes one question."""
        rows = self._reader.rows(query, run=storable(id), **values)
        if not rows and (full := self.run(id).id) != id:
            return self._reader.rows(query, run=full, **values)
        return rows

    def _points(self, id: str, name: str, since: int, low: float, high: float) -> Points:
        """The points without the first ``since``, of all chunks with steps from ``low`` to ``high``."""
        first = min(since // chunks.CHUNK, _GREATEST)
        rows = self._of_run(_POINTS, id, name=storable(name), first=first, low=low, high=high)
        with reported(self._reader.path):
            parts = [_since(row, since) for row in rows if row["number"] is not None]
            return Points.concatenate(parts, cursor=rows[0]["count"] if rows else 0)


def _since(row: sqlite3.Row, since: int) -> Points:
    return chunks.read(row)[max(0, since - row["number"] * chunks.CHUNK) :]


def _run(row: sqlite3.Row) -> RunInfo:
    return RunInfo(
        id=row["id"],
        name=row["name"],
        state=alive.state_of(row),
        config=json.loads(row["config"]),
        seed=row["seed"],
        data=row["data"],
        commit=row["revision"],
        versions=json.loads(row["versions"]),
        host=row["host"],
        pid=row["pid"],
        started=row["started"],
        ended=row["ended"],
        heartbeat=row["heartbeat"],
        notes=row["notes"],
        error=row["error"],
        generation=row["generation"],
    )


def _metric(row: sqlite3.Row) -> Metric:
    return Metric(
        **{field: row[field] for field in ("name", "count", "last_step", "last", "least", "greatest")}
    )


def _image(row: sqlite3.Row) -> RunImage:
    return RunImage(name=row["name"], step=row["step"], time=row["time"], path=Path(row["path"]))
