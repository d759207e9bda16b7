"""The trainings of an experiment, each a run of the store; what is finished is not trained again.

WORK/experiments/negatives24/              windows without a face, for all experiments
WORK/experiments/NAME/VARIANT/seed1/       checkpoint, and the id of the run
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from smilecascade.errors import SpecError
from smilecascade.nets import Net
from smilecascade.specs import TrainSpec, to_mapping
from smilecascade.train.experiments.materials import Materials
from smilecascade.train.experiments.plan import Experiment, Variant
from smilecascade.train.fitted import fitted
from smilecascade.train.loop import Progress, Validate, Validation, check_resumable, step_reached
from smilecascade.train.record import RUN
from smilecascade.train.validation import validation

#: The metric of the processor's time that a step takes, without validation: the others on the machine
#: do not count.
STEP_MS = "step_cpu_ms"

#: Makes what is told of a training's progress from its label and its number of steps.
Watch = Callable[[str, int], Progress]


@dataclass(frozen=True, kw_only=True)
class Training:
    """One training of an experiment: its variant, its resolved spec, and its folder."""

    variant: Variant
    train: TrainSpec
    folder: Path

    @property
    def done(self) -> bool:
        """Whether it has reached its last step. Raises SpecError where another spec is trained there."""
        return step_reached(self.folder, self.train) == self.train.steps

    @property
    def run(self) -> str:
        """The id of its run. Raises SpecError before it began."""
        note = self.folder / RUN
        if not note.exists():
            raise SpecError(f"{self.folder}: it is not recorded which run it is; delete the folder")
        return note.read_text("utf-8").strip()


def trainings(experiment: Experiment, work: Path) -> Iterator[Training]:
    """All trainings of an experiment, in the order in which they are run."""
    for variant, train in experiment.trainings():
        folder = work / "experiments" / experiment.name / variant.name / f"seed{train.seed}"
        yield Training(variant=variant, train=train, folder=folder)


def run_all(experiment: Experiment, materials: Materials, watch: Watch) -> None:
    """Train what is not trained yet.

    Raises SpecError where something is there, and nobody asked to go on with it, or where it is of
    another spec.
    """
    every = list(trainings(experiment, materials.places.work))
    for training in every:
        check_resumable(training.folder, materials.session.resume)
    left = [training for training in every if not training.done]
    for training in left:
        _train(experiment, training, materials, watch, f"{every.index(training) + 1} of {len(every)}")


def _train(
    experiment: Experiment, training: Training, materials: Materials, watch: Watch, place: str
) -> None:
    variant, train, session = training.variant, training.train, materials.session
    learned, held = materials.samples(train, merged=variant.merged)
    fitted(
        f"{experiment.name}/{variant.name}",
        learned,
        training.folder,
        config={"experiment": experiment.name, "merged": variant.merged, **to_mapping(train)},
        data=materials.data,
        runs=session.runs,
        validate=timed(validation(held), train.validate_every),
        progress=watch(f"{place}: {variant.name}, seed {train.seed}", train.steps),
    )


def timed(validate: Validate, steps: int) -> Validate:
    """The same figures, and the processor's time of a step since the last validation, so many steps ago."""
    began = time.process_time()

    def validated(net: Net) -> Validation:
        nonlocal began
        step_ms = (time.process_time() - began) * 1000 / steps
        figures, pictures = validate(net)
        began = time.process_time()
        return Validation({**figures, STEP_MS: step_ms}, pictures)

    return validated
