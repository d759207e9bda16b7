"""Points between the training, which must not wait, and the store, which may have to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from smilecascade.runs.inbox import Inbox
from smilecascade.runs.info import Points
from smilecascade.runs.schema import storable

#: More waiting points are no longer kept: about a day of a usual training, in 28 MB.
LIMIT = 1_000_000

#: The name of its metric, the step, seconds since the epoch, the value.
Point = tuple[str, int, float, float]

_COLUMNS = np.dtype([("metric", "i4"), ("step", "i8"), ("time", "f8"), ("value", "f8")])


class Waiting:
    """Points that are not stored yet; beyond ``limit`` the oldest are dropped, and counted.

    ``put`` may be called by any thread; the rest belongs to the writer.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._inbox: Inbox[Point] = Inbox(limit)
        self._numbers: dict[str, int] = {}
        self._points = np.zeros(0, _COLUMNS)
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many points are lost."""
        return self._dropped + self._inbox.dropped

    def __len__(self) -> int:
        return len(self._points) + len(self._inbox)

    def put(self, points: Sequence[Point]) -> None:
        """Take these points."""
        self._inbox.put(points)

    def collect(self) -> list[Point]:
        """Get ready for storing what was put since the last call; returns it."""
        new = self._inbox.drain()
        if new:
            rows = [(self._number(name), *numbers) for name, *numbers in new]
            kept = np.concatenate([self._points, np.array(rows, _COLUMNS)])
            self._dropped += max(0, len(kept) - self._limit)
            self._points = kept[-self._limit :]
        return new

    def by_metric(self) -> Iterator[tuple[str, Points]]:
        """The collected points of each metric, in the order in which they were logged."""
        for name, number in self._numbers.items():
            rows = self._points[self._points["metric"] == number]
            if len(rows):
                yield name, Points(steps=rows["step"], times=rows["time"], values=rows["value"])

    def clear(self) -> None:
        """Forget the collected points, which are stored."""
        self._points = np.zeros(0, _COLUMNS)

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(storable(name), len(self._numbers))
