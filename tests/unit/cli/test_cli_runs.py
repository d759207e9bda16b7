"""``smilecascade runs``: what it asks, and what it says where there is nothing or too little."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from smilecascade import runs
from smilecascade.cli import run
from smilecascade.cli.runs import runs as command
from smilecascade.runs import open_store

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one run, ``level3``."""
    with runs.start("level3", tmp_path):
        pass
    return tmp_path


@pytest.mark.parametrize(("answer", "left"), [("y\n", 0), ("n\n", 1), ("\n", 1), ("", 1)])
def test_a_run_is_deleted_only_when_it_is_wanted(folder: Path, answer: str, left: int) -> None:
    done = CliRunner().invoke(command, ["delete", "level3", "--runs", str(folder)], input=answer)
    assert "(level3)? [y/N]" in done.output
    with open_store(folder) as store:
        assert len(store.runs()) == left


def test_a_folder_without_runs_is_a_warning(tmp_path: Path, capsys: Captured) -> None:
    assert run(["runs", "list", "--runs", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"warning: {tmp_path}: no runs there; give --runs the folder of a training's\n"


def test_a_run_without_metrics_and_pictures_is_shown(folder: Path, capsys: Captured) -> None:
    assert run(["runs", "show", "level3", "--runs", str(folder)]) == 0
    out, _ = capsys.readouterr()
    assert "\n\n" not in out
    assert [line.split()[0] for line in out.splitlines()[:4]] == ["fact", "run", "name", "state"]


def test_the_folder_is_called_runs_unless_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with runs.start("level3", folder / "runs"):
        pass
    monkeypatch.chdir(folder)
    assert run(["runs", "show", "level3"]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compare", "level3"], "Give two runs or more. See 'smilecascade runs compare --help'."),
        (["show", "level4"], "holds no run 'level4'; the nearest is 'level3'"),
        (["export", "csv", "level3", "--out", "missing/points.csv"], "its folder does not exist"),
        (["delete"], "Missing argument 'RUN...'"),
    ],
)
def test_wrong_usage(folder: Path, arguments: list[str], words: str, capsys: Captured) -> None:
    assert run(["runs", *arguments, "--runs", str(folder)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert words in err
