"""How a bundle is retrained: less of everything than a training from nothing takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from smilecascade.bundle import Bundle
from smilecascade.errors import BundleError
from smilecascade.specs import TrainSpec
from smilecascade.train.recipe import LEVELS, LevelRecipe

#: Steps of each level, and samples a step.
STEPS, BATCH = (800, 1200, 2000), (512, 384, 192)

#: Share of the way from the bundle's weights to the retrained ones: in between lie nets that know
#: the new faces and have not forgotten the old ones ("Robust fine-tuning of zero-shot models",
#: arXiv 2109.01903). Measured in ``docs/lab-notes.md``.
SHARE = 0.7


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The training of each level, and how much of it is taken over."""

    levels: tuple[LevelRecipe, ...]

    share: float = SHARE
    """Of the way from the bundle's weights to the retrained ones, 0 to 1."""


def recipe_of(base: Bundle, *, seed: int, threads: int, steps_scale: float = 1.0) -> Recipe:
    """The recipe for the nets of a bundle; BundleError where it has not three levels.

    ``steps_scale``: factor of the steps of all levels.
    """
    if len(base.spec.levels) != len(LEVELS):
        raise BundleError(
            f"{base.path}: has {len(base.spec.levels)} levels, retraining takes {len(LEVELS)}; "
            "give a bundle that is whole"
        )
    return Recipe(
        levels=tuple(
            replace(
                known,
                train=_training(level.net, max(1, round(steps * steps_scale)), batch, seed, threads),
                max_iou=level.max_iou,
                across_scales=level.across_scales,
            )
            for known, level, steps, batch in zip(LEVELS, base.spec.levels, STEPS, BATCH, strict=True)
        )
    )


def _training(net: str, steps: int, batch: int, seed: int, threads: int) -> TrainSpec:
    return TrainSpec(
        net=net,
        steps=steps,
        batch=batch,
        learning_rate=3e-4,
        warmup=min(100, steps // 4),
        seed=seed,
        threads=threads,
        validate_every=100,
        freeze_normalisation=True,
    )
