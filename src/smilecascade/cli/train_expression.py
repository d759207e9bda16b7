"""``smilecascade train expression``: the net that says what a face shows."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from smilecascade.analyze import MAX_THREADS
from smilecascade.cli.bars import say, steps_bar, tracked
from smilecascade.cli.options import bundle_option, debug_option, runs_option, work_folder, work_option
from smilecascade.cli.training import data_option, resume_option


@click.command("expression")
@data_option(required=True)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, resolve_path=True, path_type=Path),
    help="Folder of the bundle that is written: that of --bundle, with the new net.",
)
@bundle_option
@work_option
@runs_option
@resume_option
@click.option("--steps", type=click.IntRange(1), help="Steps of each net, instead of the recipe's.")
@click.option("--seed", type=click.IntRange(0), default=1, help="Seed of everything random.")
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(1, MAX_THREADS),
    default=2,
    show_default=True,
    help="Processor cores of a training; another number gives weights that differ a little.",
)
@debug_option
def expression(
    data: Path,
    out: Path,
    bundle: Path | None,
    work: Path | None,
    runs_folder: Path,
    resume: bool,
    steps: int | None,
    seed: int,
    threads: int,
) -> None:
    """Train the net that says what a face shows, and add it to a bundle.

    A large net learns from the votes of FER+ and the smiles of CelebA, the one that ships from both and
    from the large one; a small one learns open and closed eyes. CelebA's faces are cut as the cascade
    of the bundle finds them.
    """
    from smilecascade.bundle import check_place, open_bundle
    from smilecascade.train.expression.recipe import RECIPE, ExpressionSpec
    from smilecascade.train.expression.train import train_expressions
    from smilecascade.train.session import Session

    def resolved(spec: ExpressionSpec) -> ExpressionSpec:
        return replace(spec, steps=steps or spec.steps, seed=seed, threads=threads)

    check_place(out)
    recipe = replace(
        RECIPE,
        teacher=resolved(RECIPE.teacher),
        student=resolved(RECIPE.student),
        eyes=resolved(RECIPE.eyes),
    )
    with ExitStack() as bars:

        def session(label: str, length: int) -> Session:
            progress = steps_bar(bars, label, length)
            return Session(runs=runs_folder, resume=resume, say=say, track=tracked, progress=progress)

        written = train_expressions(open_bundle(bundle), data, work_folder(work, out), out, recipe, session)
    click.echo(f"{written.path}: with expressions, {written.digest[:12]}")
