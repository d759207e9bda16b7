"""Progress of long work on standard error, for people who wait."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TypeVar

import click

_Item = TypeVar("_Item")


def tracked(items: Sequence[_Item], label: str, /) -> Iterator[_Item]:
    """The items, one by one, with a bar."""
    with click.progressbar(items, label=label, file=sys.stderr, show_pos=True) as bar:
        yield from bar


def steps_bar(bars: ExitStack, label: str, length: int) -> Callable[[int, float], None]:
    """A bar of a training's steps that also shows its loss, from the first to the last."""
    bar: Any = None

    def progress(step: int, loss: float) -> None:
        nonlocal bar
        if bar is None:
            bar = bars.enter_context(click.progressbar(length=length, file=sys.stderr, show_pos=True))
        bar.label = f"{label}, loss {loss:.3f}"
        bar.update(step - bar.pos)
        if step == length:
            bars.close()

    return progress
