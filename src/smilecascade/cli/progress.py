"""How far the work is, on standard error, for people who wait."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Timer
from typing import Any

import click

from smilecascade.cli.failures import one_line

#: Work that is done sooner needs no bar.
PATIENCE_S = 1.0

#: Columns of the bar: with what stands beside it, a line of 80.
WIDTH = 24

_CLEAR_LINE = "\r\033[2K"


class Progress:
    """A bar where somebody can see it and the work lasts; a context manager.

    It shows how many photos are done in a second, and when all will be, as fast as so far; of a
    video, how many frames. Leaving it gives the terminal its cursor back, whatever happened.
    """

    def __init__(self, length: int, *, visible: bool, done: int = 0) -> None:
        """Count from ``done`` to ``length``; without ``visible`` or a terminal nothing is shown."""
        self._bar: Any = click.progressbar(
            length=length,
            show_pos=True,
            show_percent=False,
            show_eta=False,
            width=WIDTH,
            item_show_func=lambda pace: pace,
            file=sys.stderr,
        )
        self._visible = visible and _is_seen()
        self._started_s = time.monotonic()
        self._begin_frames(drawn=False)
        self._length, self._before, self._done = length, done, done
        self._shown = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._bar.render_finish()

    def advance(self) -> None:
        """Count one more; the bar is drawn once ``PATIENCE_S`` have passed."""
        self._done += 1
        self._begin_frames(drawn=False)
        self._draw()

    def pass_frame(self, number: int, length: int | None, *, drawn: bool = False) -> None:
        """Go on to this frame of a video that has about so many; ``drawn``: on its annotated copy."""
        if drawn != self._drawing:
            self._begin_frames(drawn)
        self._frames += 1
        self._frame, self._video_length = number, length
        self._draw()

    def say(self, line: str) -> None:
        """Print a line on standard error, in the place of the bar, which then comes again below."""
        click.echo(f"{_CLEAR_LINE}{line}" if self._shown else line, err=True)

    def _draw(self) -> None:
        elapsed_s = time.monotonic() - self._started_s
        if self._visible and elapsed_s > PATIENCE_S:
            self._shown = True
            self._bar.update(self._done - self._bar.pos, self._pace_of_frames() or self._pace(elapsed_s))
            self._bar.render_progress()

    def _begin_frames(self, drawn: bool) -> None:
        self._frames, self._drawing, self._frames_began_s = 0, drawn, time.monotonic()

    def _pace_of_frames(self) -> str:
        elapsed_s = time.monotonic() - self._frames_began_s
        if not self._frames or not elapsed_s:
            return ""
        done, length = self._frame + 1, self._video_length
        left = _left(elapsed_s * (length - done) / done) if length and length >= done else ""
        of = f"/{length}" if left else ""
        verb = "drawn" if self._drawing else "frame"
        return f"{verb} {done}{of}  {self._frames / elapsed_s:.1f}/s{left}"

    def _pace(self, elapsed_s: float) -> str:
        done = self._done - self._before
        if not done or not elapsed_s:
            return ""
        return f"{done / elapsed_s:.1f} photos/s{_left((self._length - self._done) * elapsed_s / done)}"


def _left(left_s: float) -> str:
    return f"  {timedelta(seconds=round(left_s))} left"


@contextmanager
def patiently(text: str) -> Iterator[None]:
    """Show what is being done while the block lasts, where that is long and somebody can see it."""
    if not _is_seen():
        yield
        return
    notice = Timer(PATIENCE_S, lambda: click.echo(one_line(text), err=True, nl=False))
    notice.daemon = True
    notice.start()
    try:
        yield
    finally:
        notice.cancel()
        notice.join()
        click.echo(_CLEAR_LINE, err=True, nl=False)


def _is_seen() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
