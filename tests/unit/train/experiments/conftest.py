"""Experiments of one variant or two, and curves that nobody trained."""

from collections.abc import Callable

import numpy as np
import pytest

from smilecascade.specs import TrainSpec
from smilecascade.train.experiments.curves import Curves
from smilecascade.train.experiments.plan import Comparison, Experiment, Variant

MakeCurves = Callable[..., Curves]


@pytest.fixture
def plain() -> Variant:
    """Trained for eight steps, validated after every second."""
    train = TrainSpec(net="li-12", steps=8, batch=32, validate_every=2, schedule="constant", threads=1)
    return Variant(name="plain", caption="plain", train=train)


@pytest.fixture
def make_curves(plain: Variant) -> MakeCurves:
    """The curves of a variant with these errors (S, V), validated after every second step."""

    def make(errors: list[list[float]], losses: list[list[float]] | None = None) -> Curves:
        values = np.array(errors, np.float64)
        count = values.shape[1]
        return Curves(
            variant=plain,
            steps=np.arange(2, 2 * count + 1, 2),
            errors=values,
            losses=np.array(losses or [[1.0] * count] * len(errors)),
            step_ms=np.full(len(errors), 250.0),
        )

    return make


@pytest.fixture
def comparison(plain: Variant) -> Comparison:
    """The variant beside itself."""
    return Comparison(title="Alike", variants=(plain, plain))


@pytest.fixture
def experiment(comparison: Comparison) -> Experiment:
    """A claim about that."""
    return Experiment(name="alike", title="Twice the same", claim="No difference.", comparisons=(comparison,))
