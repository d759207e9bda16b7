from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from smilecascade.errors import SpecError
from smilecascade.runs import open_store
from smilecascade.specs import TrainSpec
from smilecascade.train.crops import FaceCrops
from smilecascade.train.experiments.curves import gathered
from smilecascade.train.experiments.materials import Materials
from smilecascade.train.experiments.plan import Comparison, Experiment, Variant
from smilecascade.train.experiments.trainings import STEP_MS, run_all, timed, trainings
from smilecascade.train.loop import Progress, Validation
from smilecascade.train.materials import Places
from smilecascade.train.samples import Samples
from smilecascade.train.session import Session

#: Told of each training: its label and its steps.
Told = list[tuple[str, int]]

Run = Callable[..., Told]


class Killed(BaseException):
    """Ends an experiment where it stands."""


class FewMaterials:
    """Samples of noise; remembers which were asked for."""

    data = "fingerprint"

    def __init__(self, faces: FaceCrops, work: Path) -> None:
        self.faces, self.places = faces, Places(data=work / "data", work=work)
        self.session = Session(runs=work / "runs", resume=False)
        self.asked: list[tuple[str, int, bool]] = []

    def samples(self, train: TrainSpec, *, merged: bool) -> tuple[Samples, Samples]:
        self.asked.append((train.net, train.seed, merged))
        negatives = np.random.default_rng(1).integers(0, 256, (9, 12, 12, 3), dtype=np.uint8)
        return tuple(Samples(self.faces, negatives, 12, spec) for spec in (train, replace(train, seed=0)))  # type: ignore[return-value]


@pytest.fixture
def few(face_crops: FaceCrops, tmp_path: Path) -> FewMaterials:
    return FewMaterials(face_crops, tmp_path)


@pytest.fixture
def chosen(plain: Variant) -> Experiment:
    """Two variants with two seeds, four steps each."""
    train = replace(plain.train, steps=4, positives=0.5)
    variants = replace(plain, train=train), replace(plain, name="base", train=train, merged=False)
    comparison = Comparison(title="Both", variants=variants)
    return Experiment(name="alike", title="t", claim="c", comparisons=(comparison,), seeds=2)


@pytest.fixture
def run(few: FewMaterials, chosen: Experiment) -> Run:
    """Runs the experiment, stopped when so many trainings have begun, and says which these were."""

    def ran(*, resume: bool, stop: int = 99, experiment: Experiment = chosen) -> Told:
        told: Told = []

        def watch(label: str, steps: int) -> Progress:
            told.append((label, steps))
            return lambda step, loss: killed() if len(told) == stop and step == 3 else None

        def killed() -> None:
            raise Killed

        few.session = replace(few.session, resume=resume)
        run_all(experiment, cast(Materials, few), watch)
        return told

    return ran


def test_every_variant_is_trained_with_every_seed_and_recorded(
    run: Run, few: FewMaterials, chosen: Experiment
) -> None:
    assert run(resume=False) == [
        ("1 of 4: plain, seed 1", 4),
        ("2 of 4: base, seed 1", 4),
        ("3 of 4: plain, seed 2", 4),
        ("4 of 4: base, seed 2", 4),
    ]
    assert few.asked == [("li-12", 1, True), ("li-12", 1, False), ("li-12", 2, True), ("li-12", 2, False)]
    with open_store(few.places.work / "runs") as store:
        recorded = {(run.name, run.seed, run.state, run.data) for run in store.runs()}
        assert recorded == {
            (f"alike/{name}", seed, "finished", "fingerprint")
            for name in ("plain", "base")
            for seed in (1, 2)
        }
        for training in trainings(chosen, few.places.work):
            assert training.done
            config = store.run(training.run).config
            assert (config["experiment"], config["merged"]) == ("alike", training.variant.name == "plain")
            assert store.scalars(training.run, STEP_MS).steps.tolist() == [2, 4]
            assert (store.scalars(training.run, STEP_MS).values > 0).all()


def test_what_is_finished_is_not_trained_again(run: Run, few: FewMaterials) -> None:
    with pytest.raises(Killed):
        run(resume=False, stop=3)
    few.asked.clear()
    assert [label for label, _ in run(resume=True)] == ["3 of 4: plain, seed 2", "4 of 4: base, seed 2"]
    assert few.asked == [("li-12", 2, True), ("li-12", 2, False)]
    assert run(resume=True) == []
    with open_store(few.places.work / "runs") as store:
        assert sorted((run.state, run.generation) for run in store.runs()) == [
            ("finished", 0),
            ("finished", 0),
            ("finished", 0),
            ("finished", 1),
        ]


def test_a_net_that_diverges_is_trained_to_the_end_and_recorded(
    run: Run, few: FewMaterials, chosen: Experiment
) -> None:
    (comparison,) = chosen.comparisons
    variant = comparison.variants[0]
    wild = replace(
        variant, train=replace(variant.train, net="middle-24-drop0-plain", learning_rate=10, warmup=0)
    )
    lost = replace(chosen, comparisons=(replace(comparison, variants=(wild,)),), seeds=1)
    few.samples = lambda train, merged: wild_samples(few.faces, train)  # type: ignore[method-assign]
    run(resume=False, experiment=lost)
    with open_store(few.places.work / "runs") as store:
        curves = gathered(store, list(trainings(lost, few.places.work)), "val_error")
    assert np.isnan(curves.final()).all()


def wild_samples(faces: FaceCrops, train: TrainSpec) -> tuple[Samples, Samples]:
    """Samples that are no numbers from the second step on."""

    class Wild(Samples):
        def batch(self, step: int, rank: int = 0, processes: int = 1):  # type: ignore[no-untyped-def]
            known = super().batch(step, rank, processes)
            return replace(known, pixels=known.pixels * (float("nan") if step else 1))

    negatives = np.zeros((9, 24, 24, 3), np.uint8)
    return Wild(faces, negatives, 24, train), Samples(faces, negatives, 24, replace(train, seed=0))


def test_work_that_is_there_is_gone_on_with_only_if_that_is_wanted(run: Run, few: FewMaterials) -> None:
    with pytest.raises(Killed):
        run(resume=False, stop=2)
    few.asked.clear()
    with pytest.raises(SpecError, match=r"plain/seed1: a training is there, at step 4; give --resume"):
        run(resume=False)
    assert few.asked == []


def test_work_of_another_spec_is_refused(run: Run, chosen: Experiment) -> None:
    with pytest.raises(Killed):
        run(resume=False, stop=2)
    (comparison,) = chosen.comparisons
    longer = [replace(each, train=replace(each.train, batch=16)) for each in comparison.variants]
    other = replace(chosen, comparisons=(replace(comparison, variants=tuple(longer)),))
    with pytest.raises(SpecError, match=r"plain/seed1/checkpoint\.safetensors: belongs to another spec"):
        run(resume=True, experiment=other)


def test_the_time_of_a_step_is_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Validation itself is not counted."""
    clock = iter([100.0, 102.0, 105.0, 106.0, 108.0])
    monkeypatch.setattr("time.process_time", lambda: next(clock))
    validate = timed(lambda net: Validation({"val_error": 0.5}), 10)
    assert validate(None).figures == {"val_error": 0.5, STEP_MS: 200}  # type: ignore[arg-type]
    assert validate(None).figures[STEP_MS] == 100  # type: ignore[arg-type]
