"""``smilecascade runs``: what trainings wrote into a folder of runs, listed, shown, compared, exported."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click

from smilecascade.cli import runtables
from smilecascade.cli.failures import one_line
from smilecascade.cli.options import debug_option, runs_option
from smilecascade.cli.targets import require_file, standard_output
from smilecascade.export import replacing
from smilecascade.runs import RunInfo, Store, open_store

STANDARD_OUTPUT = Path("-")


@click.group()
def runs() -> None:
    """List, show, compare, export and delete runs of trainings.

    A run is named by its id, by the beginning of its id or by its name, if no other is so called.
    """


@runs.command("list")
@runs_option
@debug_option
def list_runs(runs_folder: Path) -> None:
    """List all runs, newest first.

    The step is the last that was logged. A run is killed if its process is gone without an end,
    or has not written for 15 seconds.
    """
    with open_store(runs_folder) as store:
        found = store.runs()
        if not found:
            hint = "no runs there; give --runs the folder of a training's"
            click.echo(f"warning: {runs_folder}: {hint}", err=True)
        _print(runtables.overview(store, found))


@runs.command()
@click.argument("run")
@runs_option
@debug_option
def show(run: str, runs_folder: Path) -> None:
    """Show a run: what it was started with, its metrics and its pictures.

    Figures are of finite values alone.
    """
    with open_store(runs_folder) as store:
        found = store.run(run)
        _print(runtables.facts(found), runtables.metrics(store, found), runtables.pictures(store, found))


@runs.command()
@click.argument("runs", metavar="RUN RUN...", nargs=-1, required=True)
@runs_option
@debug_option
def compare(runs: tuple[str, ...], runs_folder: Path) -> None:
    """Compare runs: what differs in how they were started, and their figures side by side."""
    if len(runs) < 2:
        raise click.UsageError("Give two runs or more.", click.get_current_context())
    with open_store(runs_folder) as store:
        found = _found(store, runs)
        _print(runtables.overview(store, found), runtables.differing(found), runtables.figures(store, found))


@runs.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Delete without asking.")
@runs_option
@debug_option
def delete(runs: tuple[str, ...], yes: bool, runs_folder: Path) -> None:
    """Delete runs with all that they wrote; asks first.

    Where one of them is unknown or still running, that is an error.
    """
    with open_store(runs_folder) as store:
        found = _found(store, runs)
        question = f"Delete {', '.join(f'{run.id} ({one_line(run.name)})' for run in found)}?"
        if not yes and not click.confirm(question, err=True):
            return
        for run in found:
            store.delete(run.id)
            click.echo(f"{run.id}: deleted", file=standard_output())


@runs.group()
def export() -> None:
    """Write what a run logged in a format of other programs."""


@export.command("csv")
@click.argument("run")
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    default=STANDARD_OUTPUT,
    show_default=True,
    help="The file to write; - is standard output.",
)
@runs_option
@debug_option
def export_csv(run: str, out: Path, runs_folder: Path) -> None:
    """Write every point of a run as CSV: metric, step, time and value.

    Metrics come one after the other, points as they were logged. Times are seconds since the
    epoch; values are written in full, and may be nan, inf and -inf.
    """
    with open_store(runs_folder) as store:
        found = store.run(run)
        if out == STANDARD_OUTPUT:
            _write_csv(store, found, standard_output(encoding="utf-8"))
            return
        require_file(out)
        with replacing(out) as stream:
            _write_csv(store, found, stream)


def _found(store: Store, wanted: Sequence[str]) -> list[RunInfo]:
    """The runs that are meant, each once."""
    found = [store.run(each) for each in wanted]
    return list({run.id: run for run in found}.values())


def _print(*tables: list[str]) -> None:
    """Print the tables that have lines, one empty line between them."""
    text = "\n\n".join("\n".join(lines) for lines in tables if lines)
    if text:
        click.echo(text, file=standard_output())


def _write_csv(store: Store, run: RunInfo, stream: TextIO) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("metric", "step", "time", "value"))
    for name in store.metrics(run.id):
        points = store.scalars(run.id, name)
        rows = zip(points.steps.tolist(), points.times.tolist(), points.values.tolist(), strict=True)
        writer.writerows((name, *row) for row in rows)
