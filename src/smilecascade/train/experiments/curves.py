"""Learning curves of a variant over its seeds, and what they say in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smilecascade.errors import RunsError, SpecError
from smilecascade.nets import entry
from smilecascade.runs import Store
from smilecascade.specs import TrainSpec
from smilecascade.train.experiments.plan import Variant
from smilecascade.train.experiments.trainings import STEP_MS, Training

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]

#: Steps over which the loss is averaged before its course is judged.
_SMOOTH = 20

#: Share of the way from the first loss to the final one that counts as nearly there.
_NEARLY = 0.9


@dataclass(frozen=True, kw_only=True, eq=False)
class Curves:
    """What the trainings of one variant recorded: S seeds, V validations, T steps.

    steps: (V,); errors: (S, V); losses: (S, T); step_ms: (S,), the processor's time of a step. Errors and
    losses are NaN from where a net diverged.
    """

    variant: Variant
    steps: Steps
    errors: Floats
    losses: Floats
    step_ms: Floats

    @property
    def weights(self) -> int:
        """How many numbers the net learns."""
        return sum(weight.numel() for weight in entry(self.variant.train.net).build().parameters())

    def final(self) -> Floats:
        """(S,), the mean error over the last quarter of the validations."""
        mean: Floats = self.errors[:, -max(1, len(self.steps) // 4) :].mean(1)
        return mean

    def unrest(self) -> Floats:
        """(S,), the mean change of the error between two validations of the last half."""
        mean: Floats = np.abs(self._rises(len(self.steps) // 2)).mean(1)
        return mean

    def spike(self) -> Floats:
        """(S,), the greatest rise of the error between two validations after the first quarter."""
        most: Floats = np.maximum(self._rises(len(self.steps) // 4), 0).max(1)
        return most

    def nearly(self) -> Floats:
        """(S,), the steps until the loss has come nine tenths of its way; NaN where it went no way."""
        return np.array([_nearly(loss) for loss in self.losses], np.float64)

    def _rises(self, since: int) -> Floats:
        """How the error changes from one validation to the next; zero where there is only one."""
        rises = np.diff(self.errors[:, since:], axis=1)
        return rises if rises.shape[1] else self.errors[:, -1:] * 0


def gathered(store: Store, every: Sequence[Training], curve: str) -> Curves:
    """The curves of all trainings of one variant, which are finished.

    curve: the figure that the errors are. Raises SpecError where what a training recorded is not in the
    store, or not all of it.
    """
    train = every[0].train
    steps = _validated(train)
    losses = np.stack([_recorded(store, one, "loss", np.arange(1, train.steps + 1)) for one in every])
    errors = np.stack([_recorded(store, one, curve, steps) for one in every])
    return Curves(
        variant=every[0].variant,
        steps=steps,
        errors=np.where(np.isnan(losses[:, steps - 1]), np.nan, errors),
        losses=losses,
        step_ms=np.array([np.median(_recorded(store, one, STEP_MS, steps)) for one in every]),
    )


def _validated(train: TrainSpec) -> Steps:
    """The steps after which a net is validated."""
    return np.array([*range(train.validate_every, train.steps, train.validate_every), train.steps])


def _recorded(store: Store, training: Training, name: str, steps: Steps) -> Floats:
    """What a training recorded under a name after each of these steps; NaN where it was no finite number."""
    try:
        points = store.scalars(training.run, name)
    except RunsError as error:
        raise SpecError(
            f"{training.folder}: its figures are not in the folder of runs ({error}); give --runs the folder "
            "that it was recorded in"
        ) from None
    if not np.array_equal(points.steps, steps):
        raise SpecError(
            f"{training.folder}: its run {training.run} has {name} of {len(points)} steps instead of "
            f"{len(steps)}; delete the folder, and --resume trains it anew"
        )
    return np.where(np.isfinite(points.values), points.values, np.nan)


def _nearly(loss: Floats) -> float:
    """The step at which a loss (T,), averaged over 20 steps, has come nearly all of its way.

    NaN where it went no way, or diverged.
    """
    width = min(_SMOOTH, len(loss))
    smooth = np.convolve(loss, np.ones(width) / width, "valid")
    way = loss[0] - smooth[-1]
    if not way > 0:
        return float("nan")
    return float(np.argmax(loss[0] - smooth >= _NEARLY * way) + width)
