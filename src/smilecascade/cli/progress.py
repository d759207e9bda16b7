"""A progress bar on standard error, for people who wait."""

from __future__ import annotations

import sys
import time

import click

#: Work that is done sooner needs no bar.
PATIENCE_S = 1.0

_CLEAR_LINE = "\r\033[2K"


class Progress:
    """A bar where somebody can see it and the work lasts; a context manager.

    Leaving it gives the terminal its cursor back, whatever happened.
    """

    def __init__(self, length: int, *, visible: bool) -> None:
        """Count to ``length``; ``visible`` False, or standard error that is no terminal, shows nothing."""
        self._bar = click.progressbar(length=length, label="photos", show_pos=True, file=sys.stderr)
        self._visible = visible and sys.stderr is not None and sys.stderr.isatty()
        self._started_s = time.monotonic()
        self._done = 0
        self._shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._bar.render_finish()

    def advance(self) -> None:
        """Count one more; the bar is drawn once ``PATIENCE_S`` have passed."""
        self._done += 1
        if self._visible and time.monotonic() - self._started_s > PATIENCE_S:
            self._shown = True
            self._bar.update(self._done - self._bar.pos)

    def say(self, line: str) -> None:
        """Print a line on standard error, in the place of the bar, which then comes again below."""
        click.echo(f"{_CLEAR_LINE}{line}" if self._shown else line, err=True)
