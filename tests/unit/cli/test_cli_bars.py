import sys
from contextlib import ExitStack

import pytest

from smilecascade.cli.bars import LINES, steps_bar, tracked


def test_items_are_handed_on_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(tracked([3, 1, 2], "counting")) == [3, 1, 2]
    assert list(tracked([], "nothing")) == []
    assert capsys.readouterr().err.split() == ["counting", "nothing"]


def test_a_log_file_has_a_few_lines_of_a_training(capsys: pytest.CaptureFixture[str]) -> None:
    with ExitStack() as bars:
        progress = steps_bar(bars, "level 1", 200)
        for step in range(1, 201):
            progress(step, 1 / step)
    lines = capsys.readouterr().err.split("\n")
    told = [line for line in lines if line]
    assert len(told) == LINES
    assert told[-1] == "level 1, step 200 of 200, loss 0.005"


def test_a_terminal_sees_every_loss(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with ExitStack() as bars:
        progress = steps_bar(bars, "level 1", 2)
        progress(1, 0.75)
        progress(2, 0.5)
    said = capsys.readouterr().err
    assert "level 1, loss 0.750" in said
    assert "2/2" in said


def test_a_training_that_went_on_at_its_end_has_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with ExitStack() as bars:
        steps_bar(bars, "level 1", 200)
    assert capsys.readouterr().err == ""
