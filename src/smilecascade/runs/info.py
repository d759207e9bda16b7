"""What a store tells: a run, a metric of it, points of a metric, a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

State = Literal["running", "finished", "failed", "killed"]


@dataclass(frozen=True, kw_only=True)
class RunInfo:
    """A run, as far as it has come; times are seconds since the epoch."""

    id: str
    """Text that names this run and no other; ids in order of the alphabet are in order of time."""

    name: str
    """What its user calls it; several runs may have the same name."""

    state: State
    """``killed``: it neither ended nor lives, as judged when it was read."""

    config: Mapping[str, Any]
    """The resolved spec and whatever else it was started with, plain values."""

    seed: int | None
    data: str | None
    """Fingerprint of what it learns from."""

    commit: str | None
    """The git commit of the program's work tree, with a + where files were changed since; None
    where the program was installed."""

    versions: Mapping[str, str]
    """Of python, smilecascade, numpy, torch and onnxruntime, as far as they are installed."""

    host: str
    pid: int
    started: float
    ended: float | None
    heartbeat: float
    """When it last wrote; about every second."""

    notes: str
    error: str | None
    """Type and message of the exception that ended a failed run."""

    generation: int
    """Counts how often it was resumed. Points may have gone then: cursors of before are void."""


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of a run; ``last``, ``least`` and ``greatest`` of its finite values, None without any."""

    name: str
    count: int
    last_step: int
    last: float | None
    least: float | None
    greatest: float | None


@dataclass(frozen=True, kw_only=True)
class RunImage:
    """A picture of a run; ``path`` is relative to the folder of runs."""

    name: str
    step: int
    time: float
    path: Path


@dataclass(frozen=True, kw_only=True, eq=False)
class Points:
    """N points of a metric.

    steps:  (N,) int64.
    times:  (N,) float64, seconds since the epoch.
    values: (N,) float64, NaN and infinite ones as they were logged.
    cursor: how many points the metric had when these were read, which is the ``since`` of the
            next call.

    Raises ValueError where the columns are not of one length.
    """

    steps: NDArray[np.int64]
    times: NDArray[np.float64]
    values: NDArray[np.float64]
    cursor: int = 0

    def __post_init__(self) -> None:
        if not len(self.steps) == len(self.times) == len(self.values):
            lengths = f"{len(self.steps)} steps, {len(self.times)} times, {len(self.values)} values"
            raise ValueError(f"expected as many steps as times and values, got {lengths}")

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, rows: slice | NDArray[np.bool_] | NDArray[np.intp]) -> Points:
        """The points that a slice, a mask or row numbers pick; the cursor stays."""
        return Points(
            steps=self.steps[rows], times=self.times[rows], values=self.values[rows], cursor=self.cursor
        )

    @classmethod
    def concatenate(cls, parts: Sequence[Points], cursor: int = 0) -> Points:
        """All parts in their order, in arrays of their own; of no parts, no points."""
        return cls(
            steps=np.concatenate([np.zeros(0, np.int64), *(part.steps for part in parts)]),
            times=np.concatenate([np.zeros(0, np.float64), *(part.times for part in parts)]),
            values=np.concatenate([np.zeros(0, np.float64), *(part.values for part in parts)]),
            cursor=cursor,
        )
