"""Where the results of ``detect`` go: a table, JSON lines in a pipe, or a file that survives a kill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from smilecascade.cli.failures import one_line
from smilecascade.cli.inputs import Task
from smilecascade.cli.table import table
from smilecascade.cli.targets import require_file, standard_output
from smilecascade.export import SUFFIXES, Journal, Recorded, Settings, Write, converter, json_lines

STANDARD_OUTPUT = Path("-")


def known_format(ctx: click.Context, param: click.Parameter, out: Path | None) -> Path | None:
    """The value of ``--out``, if its name says which format to write."""
    if out is None or out == STANDARD_OUTPUT or out.suffix.lower() in SUFFIXES:
        return out
    raise click.BadParameter(
        f"{out}: the name does not say which format to write; give a name that ends in "
        f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}, or - for JSON lines on standard output."
    )


def is_file(out: Path | None) -> bool:
    """Whether ``--out`` names a file."""
    return out not in (None, STANDARD_OUTPUT)


def require_destination(out: Path | None, *, resume: bool) -> None:
    """Refuse what cannot be written, before any work is done.

    Raises TargetError, UsageError, and ModuleNotFoundError where the format needs a package that
    is not installed.
    """
    if out is not None and is_file(out):
        require_file(out)
        converter(out.suffix.lower())
    elif resume:
        raise click.UsageError("--resume goes on with a file: give --out FILE, too.")


@contextmanager
def destination(
    out: Path | None, *, resume: bool, settings: Settings, tasks: Sequence[Task]
) -> Iterator[tuple[Write, Recorded]]:
    """Where outcomes are written, and what an earlier run has written there already.

    settings: what a file is written with. Ctrl-C then becomes an Abort that says how to go on.
    """
    if out is None:
        with table(standard_output(), (str(task.path) for task in tasks)) as write:
            yield write, Recorded()
    elif out == STANDARD_OUTPUT:
        with json_lines(standard_output(encoding="utf-8")) as write:
            yield write, Recorded()
    else:
        with _recorded(Journal(out, settings, resume=resume)) as journal:
            if journal.recorded:
                done = f"going on with what is in {journal.path} (photos: {len(journal.recorded)})"
                click.echo(one_line(done), err=True)
            yield journal.write, journal.recorded


@contextmanager
def _recorded(journal: Journal) -> Iterator[Journal]:
    try:
        with journal:
            yield journal
    except KeyboardInterrupt:
        kept = f"; {journal.path} keeps what was found: the same command with --resume goes on"
        raise click.Abort("interrupted" + (kept if journal.path.exists() else "")) from None
