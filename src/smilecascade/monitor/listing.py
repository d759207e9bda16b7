"""What the page tells of runs: a line of each in the list, and everything of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from smilecascade.monitor.epochs import epoch_steps
from smilecascade.monitor.figures import better
from smilecascade.runs import Metric, RunInfo, Store
from smilecascade.runs.compare import differences, flattened


class Listing:
    """Lines of runs; what a run that has ended had logged is read once."""

    def __init__(self) -> None:
        self._ended: dict[tuple[str, int, float], Mapping[str, Metric]] = {}

    def lines(self, store: Store) -> list[dict[str, Any]]:
        """One line a run, newest first; none where there are no runs."""
        infos = store.runs()
        self._forget_others(infos)
        return [line(info, self._metrics(store, info)) for info in infos]

    def _metrics(self, store: Store, info: RunInfo) -> Mapping[str, Metric]:
        if info.state == "running":
            return store.metrics(info.id)
        if _key(info) not in self._ended:
            self._ended[_key(info)] = store.metrics(info.id)
        return self._ended[_key(info)]

    def _forget_others(self, infos: list[RunInfo]) -> None:
        there = set(map(_key, infos))
        self._ended = {key: metrics for key, metrics in self._ended.items() if key in there}


def line(info: RunInfo, metrics: Mapping[str, Metric]) -> dict[str, Any]:
    """What the list says of a run; times are seconds since 1970."""
    return {
        "id": info.id,
        "name": info.name,
        "state": info.state,
        "started": info.started,
        "ended": info.ended,
        "heartbeat": info.heartbeat,
        "generation": info.generation,
        "notes": info.notes,
        "error": info.error,
        "epoch_steps": epoch_steps(info.config),
        "metrics": {name: _figures(metric) for name, metric in metrics.items()},
    }


def everything(store: Store, info: RunInfo) -> dict[str, Any]:
    """The line of a run, its config, what it ran on, and its images."""
    return {
        **line(info, store.metrics(info.id)),
        "config": dict(flattened(info.config)),
        "seed": None if info.seed is None else str(info.seed),
        "data": info.data,
        "commit": info.commit,
        "versions": dict(info.versions),
        "host": info.host,
        "pid": info.pid,
        "images": [
            {"name": image.name, "step": image.step, "time": image.time, "url": f"/{quote(str(image.path))}"}
            for image in store.images(info.id)
        ],
    }


def comparison(store: Store, infos: list[RunInfo]) -> dict[str, Any]:
    """Lines of runs in their order, and the keys of their configs that differ, with the value of each."""
    configs = [{**info.config, **_beside(info)} for info in infos]
    return {
        "runs": [line(info, store.metrics(info.id)) for info in infos],
        "differences": [{"key": key, "values": values} for key, values in differences(configs).items()],
    }


def _beside(info: RunInfo) -> dict[str, Any]:
    """What makes runs differ and is not in their configs."""
    facts = {"(seed)": info.seed, "(data)": info.data, "(commit)": info.commit, "(versions)": info.versions}
    return {name: fact for name, fact in facts.items() if fact is not None}


def _figures(metric: Metric) -> dict[str, Any]:
    return {
        "count": metric.count,
        "last_step": metric.last_step,
        "last": metric.last,
        "least": metric.least,
        "greatest": metric.greatest,
        "better": better(metric.name),
    }


def _key(info: RunInfo) -> tuple[str, int, float]:
    return info.id, info.generation, info.heartbeat
