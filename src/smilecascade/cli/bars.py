"""Progress of long work on standard error, for people who wait."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

import click

from smilecascade.cli.failures import one_line

_Item = TypeVar("_Item")

#: Lines of a training in a log file.
LINES = 10


def tracked(items: Sequence[_Item], label: str, /) -> Iterator[_Item]:
    """The items, one by one, with a bar."""
    with click.progressbar(items, label=label, file=sys.stderr, show_pos=True) as bar:
        yield from bar


def say(text: str) -> None:
    """What begins now, or was found out, as one line."""
    click.echo(one_line(text), err=True)


def steps_bar(bars: ExitStack, label: str, length: int) -> Callable[[int, float], None]:
    """A bar of a training's steps that also shows its loss, from the first to the last.

    Where no terminal shows it, its label is printed ``LINES`` times on the way instead.
    """
    bar: Any = None
    seen = sys.stderr is not None and sys.stderr.isatty()
    every = 1 if seen else max(1, length // LINES)

    def progress(step: int, loss: float) -> None:
        nonlocal bar
        if bar is None:
            bar = bars.enter_context(click.progressbar(length=length, file=sys.stderr, show_pos=True))
        if step % every == 0:
            at = label if seen else f"{label}, step {step} of {length}"
            bar.label = f"{at}, loss {loss:.3f}"
        bar.update(step - bar.pos)
        if step == length:
            bars.close()

    return progress
