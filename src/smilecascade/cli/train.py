"""``smilecascade train``: the networks, from raw data to a bundle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from smilecascade.analyze import MAX_THREADS
from smilecascade.cli.bars import say, steps_bar, tracked
from smilecascade.cli.options import bundle_option, debug_option, runs_option, work_option
from smilecascade.cli.train_expression import expression
from smilecascade.cli.training import data_option, opinion_of, places_of, resume_option, second_opinion_option

if TYPE_CHECKING:
    from smilecascade.specs import TrainSpec


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            data_option(required=True),
            click.option(
                "--out",
                required=True,
                type=click.Path(file_okay=False, resolve_path=True, path_type=Path),
                help="Folder of what is written in the end: the bundle, or a comparison's figures.",
            ),
            work_option,
            runs_option,
            resume_option,
            click.option("--steps", type=click.IntRange(1), help="Steps of a net, instead of the recipe's."),
            click.option("--seed", type=click.IntRange(0), help="Seed of everything random.", default=1),
            click.option(
                "--threads",
                metavar="N",
                type=click.IntRange(1, MAX_THREADS),
                default=2,
                show_default=True,
                help="Processor cores of a training; another number gives weights that differ a little.",
            ),
            second_opinion_option,
            debug_option,
        )
    ):
        command = option(command)
    return command


@click.group()
def train() -> None:
    """Train the networks from raw data; needs the extra 'train'.

    Each level learns from what the levels before it let through by mistake, so they come in
    order. A training that was stopped, however it was, goes on where it stood when the same
    command is given again with --resume, and ends with the same weights. Under torchrun
    several processes train together, on GPUs where there are any:

    \b
        torchrun --standalone --nproc-per-node 2 -m smilecascade train all ...

    smilecascade monitor shows the training while it runs.
    """


train.add_command(expression)


@train.command("all")
@_options
def train_all(**options: Any) -> None:
    """Train all three levels and the aligner, and write the bundle."""
    _train((1, 2, 3, "align"), **options)


def _level_command(number: int) -> click.Command:
    @train.command(f"level{number}", help=f"Train level {number}; writes the bundle of the levels so far.")
    @click.option(
        "--net", metavar="NAME", help="Train this net of the registry instead of the one that ships."
    )
    @_options
    def command(**options: Any) -> None:
        _train((number,), **options)

    return command


for _number in (1, 2, 3):
    _level_command(_number)


@train.command()
@_options
def align(**options: Any) -> None:
    """Train the net that looks at the faces found once more; writes the whole bundle."""
    _train(("align",), **options)


@train.command()
@click.option(
    "--net",
    "nets",
    metavar="NAME",
    multiple=True,
    help="Train this one of them; may be given several times. Without it all.",
)
@bundle_option
@_options
def calibrators(
    nets: tuple[str, ...],
    bundle: Path | None,
    data: Path,
    out: Path,
    work: Path | None,
    runs_folder: Path,
    resume: bool,
    steps: int | None,
    seed: int,
    threads: int,
    second_opinion: Path | None,
) -> None:
    """Train the sources' calibrators, and compare them: 45 classes against direct regression.

    Each is asked about the windows that a level of the bundle keeps. Writes calibrators.csv and
    the learning curves, curves.png, into the folder OUT.
    """
    from smilecascade.bundle import open_bundle
    from smilecascade.evaluate.report import markdown
    from smilecascade.train.calibrators import COLUMNS, SPECS, compared

    unknown = [name for name in nets if name not in SPECS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is none of {', '.join(SPECS)}.", param_hint="--net")
    with ExitStack() as bars:
        rows = compared(
            nets or tuple(SPECS),
            open_bundle(bundle),
            places_of(data, out, work),
            out,
            steps=steps,
            seed=seed,
            threads=threads,
            runs=runs_folder,
            resume=resume,
            opinion=opinion_of(second_opinion, threads),
            track=tracked,
            progress=lambda name, length: steps_bar(bars, name, length),
        )
    click.echo(markdown(COLUMNS, [list(row.values()) for row in rows]))


def _train(
    parts: Sequence[int | Literal["align"]],
    *,
    data: Path,
    out: Path,
    work: Path | None,
    runs_folder: Path,
    resume: bool,
    steps: int | None,
    seed: int,
    threads: int,
    second_opinion: Path | None,
    net: str | None = None,
) -> None:
    from smilecascade.bundle import check_place
    from smilecascade.train.bundled import publish
    from smilecascade.train.cascade import train_aligner, train_level
    from smilecascade.train.processes import joined
    from smilecascade.train.recipe import ALIGN, LEVELS
    from smilecascade.train.session import Session

    check_place(out)
    places = places_of(data, out, work)
    opinion = opinion_of(second_opinion, threads)
    with joined() as processes, ExitStack() as bars:

        def resolved(spec: TrainSpec) -> TrainSpec:
            length, name = steps or spec.steps, net or spec.net
            return replace(spec, net=name, steps=length, seed=seed, threads=threads, parts=processes.count)

        def session(label: str, length: int) -> Session:
            shared = Session(runs=runs_folder, resume=resume, opinion=opinion, processes=processes)
            if not processes.is_first:
                return shared
            return replace(shared, say=say, track=tracked, progress=steps_bar(bars, label, length))

        for part in parts:
            if part == "align":
                spec = resolved(ALIGN)
                trained = train_aligner(places, spec, session("align", spec.steps))
            else:
                level = LEVELS[part - 1]
                level = replace(level, train=resolved(level.train))
                trained = train_level(part, places, level, session(f"level {part}", level.train.steps))
        if processes.is_first:
            bundle = publish(trained, places, out, track=tracked)
            click.echo(f"{bundle.path}: {len(bundle.nets)} levels, {bundle.digest[:12]}")
