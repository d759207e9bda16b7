"""All experiments by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from smilecascade.errors import SpecError
from smilecascade.train.experiments import article, ensemble, readings, trained
from smilecascade.train.experiments.plan import Experiment
from smilecascade.train.experiments.setting import Setting


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An experiment: its title, the claim it answers, and what runs it and gives the page."""

    title: str
    claim: str
    run: Callable[[Setting], Path]


def _trained(experiment: Experiment) -> Entry:
    run = partial(trained.report, experiment)
    return Entry(title=experiment.title, claim=experiment.claim, run=run)


EXPERIMENTS: dict[str, Entry] = {
    article.MORE_DATA.name: _trained(article.MORE_DATA),
    article.BATCH_NORM.name: _trained(article.BATCH_NORM),
    article.MULTI_RESOLUTION.name: _trained(article.MULTI_RESOLUTION),
    article.INCEPTRON_MODULES.name: _trained(article.INCEPTRON_MODULES),
    article.CALIBRATION_TABLES.name: replace(_trained(article.CALIBRATION_TABLES), run=readings.report),
    ensemble.NAME: Entry(title=ensemble.TITLE, claim=ensemble.CLAIM, run=ensemble.report),
}


def chosen(name: str) -> Entry:
    """The experiment of this name. Raises SpecError that names the nearest one."""
    if name not in EXPERIMENTS:
        near = difflib.get_close_matches(name, EXPERIMENTS, n=1, cutoff=0)[0]
        raise SpecError(
            f"there is no experiment {name!r}; the nearest is {near!r}, all: {', '.join(EXPERIMENTS)}"
        )
    return EXPERIMENTS[name]
