"""From an experiment whose nets are trained one by one to its page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from smilecascade.errors import SpecError
from smilecascade.runs import open_store
from smilecascade.train.experiments.curves import Curves, gathered
from smilecascade.train.experiments.page import trained_page
from smilecascade.train.experiments.plan import Experiment, quickened
from smilecascade.train.experiments.setting import Setting
from smilecascade.train.experiments.trainings import Training, run_all, trainings


def report(
    experiment: Experiment,
    setting: Setting,
    more: Callable[[Sequence[Training], Setting], str] = lambda every, setting: "",
) -> Path:
    """Train all variants, and write the page; returns it.

    more: what else the page says, of the finished trainings. Raises SpecError as ``run_all`` and
    ``gathered`` do, and where nothing keeps the runs.
    """
    experiment = quickened(experiment) if setting.quick else experiment
    run_all(experiment, setting.materials, setting.watch)
    every = list(trainings(experiment, setting.materials.places.work))
    return trained_page(
        experiment,
        _curves(experiment, every, setting.materials.session.runs),
        setting.out,
        made_by=setting.made_by,
        more=more(every, setting),
    )


def _curves(experiment: Experiment, every: Sequence[Training], runs: Path | None) -> dict[str, Curves]:
    """The curves of each variant, by its name."""
    if runs is None:
        raise SpecError("an experiment's figures are those of its runs; give a folder of runs")
    shown = {v.name: comparison.curve for comparison in experiment.comparisons for v in comparison.variants}
    with closing(open_store(runs)) as store:
        return {
            name: gathered(store, [one for one in every if one.variant.name == name], curve)
            for name, curve in shown.items()
        }
