"""What an experiment is: nets trained side by side, and the claim that they answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from smilecascade.specs import TrainSpec

#: The figures of a validation that learning curves show: the error of a classifier, and of a calibrator.
CLASSIFICATION = "val_error"
CALIBRATION = "displacement_error"


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One net, trained in one way, with every seed.

    name: unlike the others' of its experiment; caption: what its curve is called. merged: whether it
    learns from the faces of all sets, or of the base set alone.
    """

    name: str
    caption: str
    train: TrainSpec
    merged: bool = True


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Variants shown side by side on the same axes, before on the left, after on the right.

    curve: which figure the learning curves show, ``CLASSIFICATION`` or ``CALIBRATION``.
    """

    title: str
    variants: tuple[Variant, ...]
    curve: str = CLASSIFICATION


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A claim of the article's, and the trainings that answer it.

    seeds: how many times each variant is trained.
    """

    name: str
    title: str
    claim: str
    comparisons: tuple[Comparison, ...]
    seeds: int = 3

    def variants(self) -> Iterator[Variant]:
        """All variants, each once: one may stand in several comparisons."""
        seen = set()
        for comparison in self.comparisons:
            for variant in comparison.variants:
                if variant.name not in seen:
                    seen.add(variant.name)
                    yield variant

    def trainings(self) -> Iterator[tuple[Variant, TrainSpec]]:
        """Every training: first all variants with one seed, so that a part of them compares already."""
        for seed in range(1, self.seeds + 1):
            for variant in self.variants():
                yield variant, replace(variant.train, seed=seed)


def quickened(experiment: Experiment) -> Experiment:
    """The same with a few steps of few samples, and one seed: to see whether it runs."""
    comparisons = tuple(
        replace(each, variants=tuple(_quick(variant) for variant in each.variants))
        for each in experiment.comparisons
    )
    return replace(experiment, comparisons=comparisons, seeds=1)


def _quick(variant: Variant) -> Variant:
    few = replace(variant.train, steps=4, batch=16, warmup=1, validate_every=2)
    return replace(variant, train=few)
