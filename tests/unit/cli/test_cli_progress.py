"""The progress bar: seen on a terminal when work lasts, and never in the way of a line."""

import io
import sys
import time
from collections.abc import Callable

import pytest

from smilecascade.cli import progress
from smilecascade.cli.progress import Progress, patiently


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def _drawn(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, *, visible: bool, patience_s: float) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE_S", patience_s)
    with Progress(2, visible=visible) as bar:
        bar.advance()
        bar.say("error: one line")
        bar.advance()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("stream", "visible", "patience_s"),
    [(io.StringIO(), True, -1.0), (Terminal(), False, -1.0), (Terminal(), True, 60.0)],
    ids=["no terminal", "in the way", "quick work"],
)
def test_no_bar(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, visible: bool, patience_s: float
) -> None:
    assert _drawn(stream, monkeypatch, visible=visible, patience_s=patience_s) == "error: one line\n"


def test_a_bar_gives_way_to_a_line_and_the_cursor_back(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = _drawn(Terminal(), monkeypatch, visible=True, patience_s=-1.0)
    assert "\r\033[2Kerror: one line\n" in drawn
    assert "2/2" in drawn
    assert drawn.endswith("\033[?25h\n")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the seconds that have passed."""
    seconds = [0.0]
    monkeypatch.setattr("smilecascade.cli.progress.time.monotonic", lambda: seconds[0])
    return lambda passed_s: seconds.__setitem__(0, passed_s)


def test_it_tells_photos_a_second_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch, clock: Callable[[float], None]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress(1004, visible=True, done=900) as bar:
        for passed_s in (1.0, 2.0, 3.0, 4.0):
            clock(passed_s)
            bar.advance()
    (line,) = (line for line in terminal.getvalue().split("\r") if "904/1004" in line)
    assert "904/1004  1.0 photos/s  0:01:40 left" in line
    assert len(line) < 80


@pytest.mark.parametrize(
    ("length", "told", "told_of_the_copy"),
    [
        (1800, "61/1800  30.5/s  0:00:57 left", "2/1800  4.0/s  0:07:30 left"),
        (None, "61  30.5/s", "2  4.0/s"),
        (1, "61  30.5/s", "2  4.0/s"),
    ],
)
def test_of_a_video_it_tells_frames_a_second_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch,
    clock: Callable[[float], None],
    length: int | None,
    told: str,
    told_of_the_copy: str,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress(2, visible=True) as bar:
        clock(2.0)
        bar.advance()
        for number in range(60):
            bar.pass_frame(number, length)
        clock(4.0)
        bar.pass_frame(60, length)
        bar.pass_frame(0, length, drawn=True)
        clock(4.5)
        bar.pass_frame(1, length, drawn=True)
    assert f"1/2  frame {told}" in terminal.getvalue()
    assert f"1/2  drawn {told_of_the_copy}" in terminal.getvalue()
    (line,) = (line for line in terminal.getvalue().split("\r") if f"frame {told}" in line)
    assert len(line.removeprefix("\033[?25l")) < 80


def test_of_a_video_looked_at_here_and_there_the_time_left_is_that_of_its_end(
    monkeypatch: pytest.MonkeyPatch, clock: Callable[[float], None]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress(1, visible=True) as bar:
        clock(2.0)
        bar.pass_frame(0, 1000)
        bar.pass_frame(249, 1000)
    assert "0/1  frame 250/1000  1.0/s  0:00:06 left" in terminal.getvalue()


@pytest.mark.parametrize(
    ("seen", "long_s", "shown"), [(True, 0.0, True), (True, 60.0, False), (False, 0.0, False)]
)
def test_what_takes_long_is_told_and_taken_back(
    monkeypatch: pytest.MonkeyPatch, seen: bool, long_s: float, shown: bool
) -> None:
    stream = Terminal() if seen else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE_S", long_s)
    with patiently("looking ..."):
        time.sleep(0.1)
    assert ("looking ..." in stream.getvalue()) == shown
    assert stream.getvalue().endswith("\033[2K") == seen
