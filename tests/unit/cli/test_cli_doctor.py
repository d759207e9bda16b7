"""``smilecascade doctor``: what it prints, and how it exits."""

import json
from pathlib import Path

import pytest

from smilecascade.cli import run

Captured = pytest.CaptureFixture[str]


def test_a_sound_installation_exits_0(capsys: Captured) -> None:
    assert run(["doctor"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\nnothing is wrong\n")
    assert "  provider " in out
    assert err == ""


def test_what_is_wrong_is_marked_and_followed_by_its_mend(tmp_path: Path, capsys: Captured) -> None:
    assert run(["doctor", "--bundle", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    place = next(row for row, line in enumerate(lines) if line.startswith("! bundle"))
    assert f"{tmp_path}: no bundle there" in lines[place]
    assert lines[place + 1].strip() == "→ give its folder"
    assert lines[-1] == "what is marked ! is wrong"


def test_the_same_as_json(tmp_path: Path, capsys: Captured) -> None:
    assert run(["doctor", "--json", "--bundle", str(tmp_path)]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["well"] is False
    (wrong,) = (finding for finding in report["findings"] if finding["state"] == "wrong")
    assert (wrong["what"], wrong["mend"]) == ("bundle", "give its folder")
