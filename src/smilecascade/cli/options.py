"""Options and types of options that commands share."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Any

import click


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
