"""The progress bar: seen on a terminal when work lasts, and never in the way of a line."""

import io
import sys

import pytest

from smilecascade.cli import progress
from smilecascade.cli.progress import Progress


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
