from dataclasses import replace
from pathlib import Path

import pytest

from smilecascade.bundle import Bundle
from smilecascade.errors import BundleError
from smilecascade.specs import CascadeSpec, LevelSpec
from smilecascade.train.finetune.recipe import STEPS, recipe_of

LEVELS = (
    LevelSpec(net="joint-12-dense", window=12, min_score=0.5, max_iou=0.7),
    LevelSpec(net="joint-24", window=24, min_score=0.5, max_iou=0.6, across_scales=True),
    LevelSpec(net="joint-48", window=48, min_score=0.5, max_iou=0.4),
)
BASE = Bundle(path=Path("base"), spec=CascadeSpec(levels=LEVELS), manifest={}, nets=())


def test_each_level_keeps_its_net_and_its_suppression() -> None:
    recipe = recipe_of(BASE, seed=5, threads=3)
    for level, known in zip(recipe.levels, LEVELS, strict=True):
        train = level.train
        assert (train.net, level.max_iou, level.across_scales) == (
            known.net,
            known.max_iou,
            known.across_scales,
        )
        assert (train.seed, train.threads, train.freeze_normalisation) == (5, 3, True)
    assert tuple(level.train.steps for level in recipe.levels) == STEPS


def test_steps_are_scaled_and_never_none() -> None:
    half = recipe_of(BASE, seed=1, threads=1, steps_scale=0.5)
    assert [level.train.steps for level in half.levels] == [steps // 2 for steps in STEPS]
    least = recipe_of(BASE, seed=1, threads=1, steps_scale=0.0001)
    assert [level.train.steps for level in least.levels] == [1, 1, 1]


def test_a_bundle_in_training_is_refused() -> None:
    part = replace(BASE, spec=replace(BASE.spec, levels=LEVELS[:2]))
    with pytest.raises(
        BundleError, match="base: has 2 levels, retraining takes 3; give a bundle that is whole"
    ):
        recipe_of(part, seed=1, threads=1)
