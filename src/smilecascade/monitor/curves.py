"""Points of curves: what is new since the reader asked last, thinned where that is much."""

from __future__ import annotations

from typing import Any

import numpy as np

from smilecascade.errors import RunsError
from smilecascade.monitor.averages import Averages, averaged
from smilecascade.monitor.wishes import Wish, Wishes
from smilecascade.runs import Points, RunInfo, Store


class Curves:
    """The curves of a store, while one request is answered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._infos = {info.id: info for info in store.runs()}

    def answer(self, wishes: Wishes) -> dict[str, Any]:
        """A curve for each wish that can be met, in their order; for the others a sentence each.

        A curve: ``run``, ``metric``, ``generation``; ``fresh``, whether it begins anew instead of
        following what the reader has; ``next``, how many points the reader then has; ``thinned``,
        whether points were left out; ``steps``, ``times`` (seconds since the run started) and
        ``values``, as long as each other; where they are wanted and points were left out,
        ``averages``, with the same columns and ``counts``; of a part its ``low`` and ``high``.
        """
        curves, problems = [], []
        for wish in wishes.curves:
            try:
                curves.append(self._curve(wish, wishes))
            except RunsError as error:
                problems.append({"run": wish.run, "metric": wish.metric, "error": str(error)})
        return {"curves": curves, "problems": problems}

    def _curve(self, wish: Wish, wishes: Wishes) -> dict[str, Any]:
        info = self._infos.get(wish.run) or self._store.run(wish.run)
        known, points = self._news(wish, info, wishes.count)
        thinned = wish.is_part or points.cursor - known > len(points)
        curve = {
            "run": wish.run,
            "metric": wish.metric,
            "generation": info.generation,
            "fresh": known == 0,
            "next": points.cursor,
            "thinned": thinned,
            **_columns(points, info),
        }
        if wish.is_part:
            curve |= {"low": wish.low, "high": wish.high}
        if thinned and wishes.averages:
            means = averaged(self._all(wish, known, points.cursor), wishes.count // 2)
            curve["averages"] = {**_columns(means, info), "counts": means.counts}
        return curve

    def _news(self, wish: Wish, info: RunInfo, count: int) -> tuple[int, Points]:
        """At most ``count`` points that follow those the reader has, and how many that are.

        None are where a part is wanted, and where the run dropped them when it was resumed.
        """
        known = 0 if wish.is_part or wish.generation != info.generation else wish.since
        points = self._points(wish, known, count)
        if points.cursor < known:
            known, points = 0, self._points(wish, 0, count)
        if points.cursor == 0:
            raise RunsError(f"{info.id}: has no metric {wish.metric!r}; /api/runs names those that it has")
        return known, points

    def _points(self, wish: Wish, known: int, count: int) -> Points:
        return self._store.downsampled(
            wish.run, wish.metric, count, since=known, low=wish.low, high=wish.high
        )

    def _all(self, wish: Wish, known: int, cursor: int) -> Points:
        """The points that a thinned curve stands for, none left out.

        A run may go on while it is read: those after ``cursor`` come with the next request.
        """
        points = self._store.scalars(wish.run, wish.metric, known)[: cursor - known]
        low = -np.inf if wish.low is None else wish.low
        high = np.inf if wish.high is None else wish.high
        return points[(points.steps >= low) & (points.steps <= high)]


def _columns(points: Points | Averages, info: RunInfo) -> dict[str, Any]:
    return {
        "steps": points.steps,
        "times": np.round(points.times - info.started, 2),
        "values": points.values,
    }
