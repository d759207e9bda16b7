"""What a reader asks for when it asks for curves: checked, so that what is wrong is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from smilecascade.monitor.answers import RequestError

#: Curves of one request: 1000 runs with a dozen metrics each.
MOST_CURVES = 12_000

#: Points of one curve: with fewer its ends, extremes and gaps cannot be told.
LEAST_POINTS, MOST_POINTS = 5, 100_000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One curve, and what of it is wanted.

    run, metric: their names.
    since:       how many of its points the reader has.
    generation:  which generation of the run those were from.
    low, high:   the first and last step of the part that is wanted, or None for no bound. A part
                 comes whole, whatever the reader has.
    """

    run: str
    metric: str
    since: int = 0
    generation: int = 0
    low: float | None = None
    high: float | None = None

    @property
    def is_part(self) -> bool:
        """Whether a part between two steps is wanted, instead of what is new."""
        return self.low is not None or self.high is not None


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """Curves, how many points each may have at most, and whether averages are wanted beside them."""

    curves: tuple[Wish, ...]
    count: int = 1000
    averages: bool = False


def wishes(body: Any) -> Wishes:
    """What the body of a request asks for. Raises RequestError that names the first wrong part."""
    table = _table(body, "the request")
    curves = table.get("curves")
    if not isinstance(curves, list) or len(curves) > MOST_CURVES:
        raise RequestError(400, f"curves: expected a list of at most {MOST_CURVES}")
    averages = table.get("averages", False)
    if not isinstance(averages, bool):
        raise RequestError(400, f"averages: expected true or false, got {averages!r}")
    return Wishes(
        curves=tuple(_wish(curve, f"curves[{k}]") for k, curve in enumerate(curves)),
        count=_whole(table.get("count", 1000), "count", LEAST_POINTS, MOST_POINTS),
        averages=averages,
    )


def _wish(curve: Any, where: str) -> Wish:
    table = _table(curve, where)
    return Wish(
        run=_name(table.get("run"), f"{where}.run"),
        metric=_name(table.get("metric"), f"{where}.metric"),
        since=_whole(table.get("since", 0), f"{where}.since", 0, 2**53),
        generation=_whole(table.get("generation", 0), f"{where}.generation", 0, 2**53),
        low=_bound(table.get("low"), f"{where}.low"),
        high=_bound(table.get("high"), f"{where}.high"),
    )


def _table(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise RequestError(400, f"{where}: expected an object with keys, got {value!r:.40}")
    return value


def _name(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise RequestError(400, f"{where}: expected a name, got {value!r:.40}")
    return value


def _whole(value: Any, where: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RequestError(400, f"{where}: expected a whole number from {low} to {high}, got {value!r:.40}")
    return value


def _bound(value: Any, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise RequestError(400, f"{where}: expected a step or null, got {value!r:.40}")
    return float(value)
