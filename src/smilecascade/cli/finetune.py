"""``smilecascade finetune``: the detector retrained on somebody's own labelled photos."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smilecascade.analyze import MAX_THREADS
from smilecascade.cli import verdicts
from smilecascade.cli.bars import say, steps_bar, tracked
from smilecascade.cli.failures import FAILED
from smilecascade.cli.options import NumberRange, debug_option, runs_option, work_folder, work_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smilecascade.bundle import Bundle
    from smilecascade.train.finetune.retrain import Outcome, Task
    from smilecascade.train.loop import Progress

#: The picture of the labelled faces, in the folder of the work.
SHEET = "labels.png"


@click.command()
@click.option(
    "--labels",
    metavar="PATH",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="Your labels: a COCO file (.json), a folder of Pascal VOC files (.xml), or a list in the format "
    "of WIDER FACE (.txt).",
)
@click.option(
    "--images",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Folder of the labelled photos.",
)
@click.option(
    "--format",
    type=click.Choice(["coco", "voc", "wider"]),
    help="Format of the labels. Without it, it is guessed.",
)
@click.option(
    "--category",
    "categories",
    metavar="NAME",
    multiple=True,
    help="A class of the labels that is one of faces. Without it, those with 'face' or 'mask' in their name; "
    "of Pascal VOC, where no name has, all.",
)
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the new bundle.",
)
@click.option(
    "--base",
    metavar="DIR",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="The bundle to begin with. Without it the one that comes with the program.",
)
@work_option
@runs_option
@click.option("--resume", is_flag=True, help="Go on with what is in the folder of the work.")
@click.option(
    "--force", is_flag=True, help="Put the new bundle in its place though it is not the better one."
)
@click.option(
    "--validation",
    metavar="DIR",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="A set in the format of WebFaces: what the retraining costs elsewhere is measured on it.",
)
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(file_okay=False, exists=True, resolve_path=True, path_type=Path),
    help="Folder of the project's unpacked data sets: as many of their faces as you have are mixed in.",
)
@click.option(
    "--steps-scale",
    metavar="FACTOR",
    type=NumberRange(0.0001, 100),
    default=1.0,
    show_default=True,
    help="Factor of the steps of all levels, which were chosen for some hundreds of photos.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=1,
    show_default=True,
    help="Seed of everything random, the split of the photos among it.",
)
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(1, MAX_THREADS),
    default=2,
    show_default=True,
    help="Processor cores; another number gives weights that differ a little.",
)
@debug_option
def finetune(
    labels: Path,
    images: Path,
    format: str | None,
    categories: tuple[str, ...],
    out: Path,
    base: Path | None,
    work: Path | None,
    runs_folder: Path,
    resume: bool,
    force: bool,
    validation: Path | None,
    data: Path | None,
    steps_scale: float,
    seed: int,
    threads: int,
) -> int:
    """Retrain it on your own photos; needs the extra 'train'.

    The labels are checked first, and all that is wrong with them is told. A picture of the labelled
    faces, labels.png in the folder of the work, is there to be looked at. Seven photos in ten are
    learned from, one in ten chooses thresholds, and two in ten are held back: on these old and new
    are compared, and the new bundle is only put in its place if it is the better one.

    Exit code 0: the new bundle is in its place. 1: it is not the better one, and lies in
    candidate in the folder of the work. 2: wrong usage, faulty labels, or another error.
    """
    from smilecascade.bundle import check_place, open_bundle
    from smilecascade.datasets import own
    from smilecascade.train.finetune.recipe import recipe_of
    from smilecascade.train.finetune.retrain import Task
    from smilecascade.train.finetune.split import split

    check_place(out)
    place = work_folder(work, out)
    _check_work(place, resume)
    beginning, there = open_bundle(base), verdicts.there_now(out)
    read = own.read(labels, images, format=format, faces=categories)
    if verdicts.told(labels, read.faults, read.broken):
        return FAILED
    task = Task(
        labels=read,
        split=split(read.photos, seed),
        base=beginning,
        recipe=recipe_of(beginning, seed=seed, threads=threads, steps_scale=steps_scale),
        work=place,
        seed=seed,
        data=data,
        validation=validation,
        runs=runs_folder,
    )
    say(_counted(labels, task))
    if verdicts.told(labels, faults := _drawn(task), len(faults)):
        return FAILED
    outcome = _retrained(task, there)
    verdicts.show(task, outcome)
    return verdicts.place(outcome, out, force=force)


def _check_work(work: Path, resume: bool) -> None:
    from smilecascade.train.stored import INDEX

    if not resume and (work / INDEX).exists():
        raise click.UsageError(
            f"{work}: holds the work of a retraining; go on with it with --resume, delete it, or give "
            "another --work."
        )


def _counted(labels: Path, task: Task) -> str:
    """The labels in numbers: photos, faces by their class, and the parts of the split."""
    groups = ", ".join(f"{name} {count}" for name, count in sorted(task.labels.groups.items()) if name)
    faces = sum(task.labels.groups.values())
    parts = f"{len(task.split.train)} to learn from, {len(task.split.choose)} to choose on"
    return (
        f"{labels}: {len(task.labels.photos)} photos, {faces} faces{f' ({groups})' if groups else ''}; "
        f"{parts}, {len(task.split.held_back)} held back"
    )


def _drawn(task: Task) -> list[str]:
    """Draw the labelled faces; returns what is wrong with photos that cannot be read."""
    from smilecascade.images import save
    from smilecascade.train.finetune.sheet import labelled_faces

    count = sum(len(photo.faces) for photo in task.labels.photos)
    photos = tracked(task.labels.photos, "looking at the photos")
    sheet, faults = labelled_faces(photos, count, task.seed)
    if not faults:
        task.work.mkdir(parents=True, exist_ok=True)
        save(sheet, task.work / SHEET)
        say(f"{task.work / SHEET}: the labelled faces, to be looked at")
    return faults


def _retrained(task: Task, there: Mapping[str, Bundle]) -> Outcome:
    from smilecascade.train.finetune.retrain import check_work, retrain

    check_work(task)
    with ExitStack() as bars:

        def begin(number: int, faces: int, negatives: int) -> Progress:
            spec = task.recipe.levels[number - 1].train
            say(f"training {spec.net} on {faces} faces and {negatives} negatives")
            return steps_bar(bars, f"level {number}", spec.steps)

        try:
            return retrain(task, there, say=say, begin=begin, track=tracked)
        except KeyboardInterrupt:
            say("stopped; the same command with --resume goes on")
            raise
