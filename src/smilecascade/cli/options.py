"""Options and types of options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import click

from smilecascade.analyze import LEAST_FACE, MAX_THREADS


@dataclass
class Session:
    """What the options before the subcommand say."""

    debug: bool = False


class NumberRange(click.FloatRange):
    """A range of floats that also refuses "nan", which compares as inside every range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or a usage error that names the range."""
        number = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


def _remember_debug(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        ctx.ensure_object(Session).debug = True


#: ``--debug``, before or after the subcommand.
debug_option = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_remember_debug,
    help="Show the traceback of an error.",
)

#: ``--bundle``.
bundle_option = click.option(
    "--bundle",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of the trained weights. Without it those that come with the program.",
)

#: ``--runs``, of the commands that read or write runs.
runs_option = click.option(
    "--runs",
    "runs_folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder of the runs.",
)

#: ``--work``, of the commands that train.
work_option = click.option(
    "--work",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of samples and checkpoints. [default: OUT.work]",
)

#: ``--min-score``, of the faces that a user sees.
min_score_option = click.option(
    "--min-score",
    metavar="SCORE",
    type=NumberRange(0, 1),
    help="Least score of a face that is reported; lower finds more faces, and more that are none. "
    "Without it the bundle's own.",
)


def min_face_option(*, default: int, what: str) -> Callable[[Any], Any]:
    """``--min-face`` with this default; ``what`` ends the sentence "Side of the smallest face"."""
    return click.option(
        "--min-face",
        metavar="PIXELS",
        type=NumberRange(min=LEAST_FACE),
        default=default,
        show_default=True,
        help=f"Side of the smallest face {what}.",
    )


def threads_option(*, default: int | None) -> Callable[[Any], Any]:
    """``--threads`` with this default; None: all cores."""
    return click.option(
        "--threads",
        metavar="N",
        type=click.IntRange(1, MAX_THREADS),
        default=default,
        show_default=default is not None,
        help="Processor cores used for one photo." + ("" if default else " Without it all of them."),
    )


def work_folder(work: Path | None, out: Path) -> Path:
    """Where the work is done: what ``--work`` says, or beside what is written in the end."""
    return work or out.with_name(out.name + ".work")
