"""The tables of ``smilecascade runs``, as lines."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from smilecascade.cli.columns import NOTHING, columns, number
from smilecascade.runs import Metric, RunInfo, Store
from smilecascade.runs.compare import differences, flattened

#: The figures of a metric that are compared.
COMPARED = ("last", "least", "greatest")


def overview(store: Store, runs: Sequence[RunInfo]) -> list[str]:
    """A line a run."""
    rows = [
        (run.id, run.name, run.state, _moment(run.started), _lasted(run), _last_step(store, run))
        for run in runs
    ]
    titles = ("run", "name", "state", "started", "lasted", "step")
    return columns(titles, rows, numbers=("lasted", "step"))


def facts(run: RunInfo) -> list[str]:
    """What is known of a run, a line each: where it ran, and all that it was started with."""
    known = {
        "run": run.id,
        "name": run.name,
        "state": run.state,
        "error": run.error,
        "started": _moment(run.started),
        "ended": _moment(run.ended),
        "lasted": _lasted(run),
        "resumed": f"{run.generation} times" if run.generation else None,
        "host": f"{run.host}, process {run.pid}",
        "notes": run.notes,
        **dict(flattened(_started_with(run))),
    }
    return columns(("fact", "value"), [(key, text) for key, text in known.items() if text])


def metrics(store: Store, run: RunInfo) -> list[str]:
    """A line a metric."""
    rows = [
        (one.name, str(one.count), str(one.last_step), *map(number, (one.last, one.least, one.greatest)))
        for one in store.metrics(run.id).values()
    ]
    titles = ("metric", "points", "step", *COMPARED)
    return columns(titles, rows, numbers=titles[1:])


def pictures(store: Store, run: RunInfo) -> list[str]:
    """A line a picture, with its file."""
    rows = [(one.name, str(one.step), str(store.root / one.path)) for one in store.images(run.id)]
    return columns(("picture", "step", "file"), rows, numbers=("step",))


def differing(runs: Sequence[RunInfo]) -> list[str]:
    """A line for each thing that the runs were started with and that is not the same in all of them."""
    found = differences([_started_with(run) for run in runs])
    rows = [(key, *(NOTHING if text is None else text for text in texts)) for key, texts in found.items()]
    return columns(("started with", *(run.id for run in runs)), rows)


def figures(store: Store, runs: Sequence[RunInfo]) -> list[str]:
    """The last, the least and the greatest value of each metric, side by side."""
    found = [store.metrics(run.id) for run in runs]
    names = {name: None for metrics in found for name in metrics}
    rows = [
        (name, figure, *(_figure(metrics.get(name), figure) for metrics in found))
        for name in names
        for figure in COMPARED
    ]
    ids = tuple(run.id for run in runs)
    return columns(("metric", "figure", *ids), rows, numbers=ids)


def _started_with(run: RunInfo) -> dict[str, Any]:
    about = {"seed": run.seed, "data": run.data, "commit": run.commit}
    known = {key: value for key, value in about.items() if value is not None}
    return {**known, "versions": run.versions, "config": run.config}


def _figure(metric: Metric | None, figure: str) -> str:
    return number(None if metric is None else getattr(metric, figure))


def _last_step(store: Store, run: RunInfo) -> str:
    return str(max((metric.last_step for metric in store.metrics(run.id).values()), default=NOTHING))


def _moment(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _lasted(run: RunInfo) -> str:
    """Hours, minutes and seconds from the first start to the end, or to the last sign of life."""
    minutes, seconds = divmod(round((run.ended or run.heartbeat) - run.started), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
