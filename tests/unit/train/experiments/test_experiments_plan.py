from dataclasses import replace

import pytest

from smilecascade.nets import Calibrator, entry
from smilecascade.train.experiments.article import TRAINED
from smilecascade.train.experiments.plan import CALIBRATION, Comparison, Experiment, Variant, quickened

#: The article's claims that trainings of single nets answer, and how many seeds they are asked with.
SEEDS = {"batch-norm": 3, "multi-resolution": 3, "calibration": 3, "more-data": 3, "inceptron": 2}

every_experiment = pytest.mark.parametrize("chosen", TRAINED, ids=lambda chosen: chosen.name)


def test_all_claims_are_tried() -> None:
    assert {chosen.name: chosen.seeds for chosen in TRAINED} == SEEDS


def test_a_variant_of_several_comparisons_is_trained_once(plain: Variant, comparison: Comparison) -> None:
    other = replace(plain, name="other")
    both = Comparison(title="Both", variants=(other, plain))
    chosen = Experiment(name="n", title="t", claim="c", comparisons=(comparison, both), seeds=2)
    assert [variant.name for variant in chosen.variants()] == ["plain", "other"]
    assert [(variant.name, train.seed) for variant, train in chosen.trainings()] == [
        ("plain", 1),
        ("other", 1),
        ("plain", 2),
        ("other", 2),
    ]


@every_experiment
def test_variants_of_one_name_are_one_variant(chosen: Experiment) -> None:
    seen: dict[str, Variant] = {}
    for comparison in chosen.comparisons:
        for variant in comparison.variants:
            assert replace(seen.setdefault(variant.name, variant), caption="") == replace(variant, caption="")


@every_experiment
def test_every_training_sees_a_hundred_thousand_samples(chosen: Experiment) -> None:
    for _, train in chosen.trainings():
        assert train.steps * train.batch >= 100_000
        assert train.schedule == "constant"


@every_experiment
def test_what_is_compared_is_trained_alike_and_judged_by_what_it_says(chosen: Experiment) -> None:
    for comparison in chosen.comparisons:
        trains = [variant.train for variant in comparison.variants]
        assert len({(train.steps, train.batch, train.precision, train.positives) for train in trains}) == 1
        for train in trains:
            calibrates = isinstance(entry(train.net).build(), Calibrator)
            assert (comparison.curve == CALIBRATION) is calibrates
            assert (train.positives == 1) is calibrates


@every_experiment
def test_in_quick_every_variant_takes_a_few_steps_once(chosen: Experiment) -> None:
    quick = quickened(chosen)
    assert [variant.name for variant in quick.variants()] == [variant.name for variant in chosen.variants()]
    for variant, train in quick.trainings():
        assert (train.steps, train.batch, train.seed) == (4, 16, 1)
        assert train.net == variant.train.net
