"""``smilecascade train``: the networks, from raw data to a bundle."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from smilecascade.analyze import MAX_THREADS
from smilecascade.cli.options import bundle_option, debug_option

if TYPE_CHECKING:
    from smilecascade.train.materials import Places
    from smilecascade.train.opinions import Opinion
    from smilecascade.train.recipe import LevelRecipe


_Item = TypeVar("_Item")


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        (
            click.option(
                "--data",
                required=True,
                type=click.Path(file_okay=False, resolve_path=True, path_type=Path),
                help="Folder of the unpacked data sets.",
            ),
            click.option(
                "--out",
                required=True,
                type=click.Path(file_okay=False, resolve_path=True, path_type=Path),
                help="Folder of what is written in the end: the bundle, or a comparison's figures.",
            ),
            click.option(
                "--work",
                type=click.Path(file_okay=False, path_type=Path),
                help="Folder of samples and checkpoints; a training that was stopped goes on from there. "
                "[default: OUT.work]",
            ),
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
            click.option(
                "--second-opinion",
                type=click.Path(dir_okay=False, exists=True, path_type=Path),
                help="YuNet's ONNX file: no negative is cut where it sees an unlabelled face.",
            ),
            debug_option,
        )
    ):
        command = option(command)
    return command


@click.group()
def train() -> None:
    """Train the networks from raw data; needs the extra 'train'.

    Each level learns from what the levels before it let through by mistake, so they come in
    order. A training that is stopped, however, goes on where it was when the same command
    is given again.
    """


@train.command("all")
@_options
def train_all(**options: Any) -> None:
    """Train all three levels, and write the bundle."""
    _train((1, 2, 3), **options)


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
    places = _places(data, out, work)
    with ExitStack() as bars:
        rows = compared(
            nets or tuple(SPECS),
            open_bundle(bundle),
            places,
            out,
            steps=steps,
            seed=seed,
            threads=threads,
            opinion=_opinion(second_opinion, threads),
            track=_tracked,
            progress=lambda name, length: _bar(bars, name, length),
        )
    click.echo(markdown(COLUMNS, [list(row.values()) for row in rows]))


def _train(
    numbers: Sequence[int],
    *,
    data: Path,
    out: Path,
    work: Path | None,
    steps: int | None,
    seed: int,
    threads: int,
    second_opinion: Path | None,
    net: str | None = None,
) -> None:
    from smilecascade.bundle import check_place
    from smilecascade.train.cascade import publish
    from smilecascade.train.recipe import LEVELS

    check_place(out)
    places = _places(data, out, work)
    opinion = _opinion(second_opinion, threads)
    for number in numbers:
        chosen = _resolved(LEVELS[number - 1], steps=steps, seed=seed, threads=threads, net=net)
        _train_level(number, places, chosen, opinion)
    bundle = publish(places, numbers[-1], out, track=_tracked)
    click.echo(f"{bundle.path}: {len(bundle.nets)} levels, {bundle.digest[:12]}")


def _places(data: Path, out: Path, work: Path | None) -> Places:
    """Where the data lie, and where the work is done: beside what is written in the end."""
    from smilecascade.train.materials import Places

    return Places(data=data, work=work or out.with_name(out.name + ".work"))


def _train_level(number: int, places: Places, chosen: LevelRecipe, opinion: Opinion | None) -> None:
    from smilecascade.train.cascade import train_level

    with ExitStack() as bars:
        progress = _bar(bars, f"level {number}", chosen.train.steps)
        train_level(number, places, chosen, opinion=opinion, say=_say, track=_tracked, progress=progress)


def _bar(bars: ExitStack, label: str, length: int) -> Callable[[int, float], None]:
    """A bar of a training's steps, opened with the first and closed with the last."""
    bar: Any = None

    def progress(step: int, loss: float) -> None:
        nonlocal bar
        if bar is None:
            steps = click.progressbar(length=length, file=sys.stderr, show_pos=True)
            bar = bars.enter_context(steps)
        bar.label = f"{label}, loss {loss:.3f}"
        bar.update(step - bar.pos)
        if step == length:
            bars.close()

    return progress


def _tracked(items: Sequence[_Item], label: str, /) -> Iterator[_Item]:
    with click.progressbar(items, label=label, file=sys.stderr, show_pos=True) as bar:
        yield from bar


def _say(text: str) -> None:
    click.echo(text, err=True)


def _resolved(
    chosen: LevelRecipe, *, steps: int | None, seed: int, threads: int, net: str | None
) -> LevelRecipe:
    train = chosen.train
    changed = replace(train, net=net or train.net, steps=steps or train.steps, seed=seed, threads=threads)
    return replace(chosen, train=changed)


def _opinion(path: Path | None, threads: int) -> Opinion | None:
    """Another detector's view, down to faces of 8 pixels and scores of 0.3."""
    if path is None:
        return None
    from smilecascade.evaluate.peers import YuNet

    yunet = YuNet(path, min_score=0.3, threads=threads)
    return lambda image: yunet.detect(image, 8)
