"""What ``smilecascade experiment`` says before it trains anything."""

from pathlib import Path

import pytest

from smilecascade.cli import experiment, run
from smilecascade.train.experiments.registry import EXPERIMENTS
from smilecascade.train.experiments.setting import Setting


def test_all_experiments_are_listed_with_their_claims(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["experiment", "list"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert [line for line in out.splitlines() if line and line[0] != " "] == list(EXPERIMENTS)
    said = " ".join(out.split())
    assert all(entry.claim in said and entry.title in said for entry in EXPERIMENTS.values())
    assert max(map(len, out.splitlines())) <= experiment.WIDEST


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["batchnorm", "--data", "."],
            "there is no experiment 'batchnorm'; the nearest is 'batch-norm', all: ",
        ),
        (["ensemble"], "Missing option '--data'. See 'smilecascade experiment --help'."),
        ([], "Missing argument 'NAME'. See 'smilecascade experiment --help'."),
        (
            ["ensemble", "--data", "nowhere"],
            "no such folder; unpack the data sets and give their folder as --data",
        ),
    ],
)
def test_what_is_wrong_is_one_line(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["experiment", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Setting]:
    """What the experiment "multi-resolution" was given, instead of running it."""
    monkeypatch.chdir(tmp_path)
    given: list[Setting] = []

    def ran(setting: Setting) -> Path:
        given.append(setting)
        return setting.out / "multi-resolution.md"

    entry = EXPERIMENTS["multi-resolution"]
    monkeypatch.setitem(EXPERIMENTS, "multi-resolution", type(entry)(title="t", claim="c", run=ran))
    return given


@pytest.mark.parametrize(
    ("words", "out", "work", "command"),
    [
        ([], "docs/experiments", "docs/experiments.work", "multi-resolution --data DATA"),
        (["--quick"], "experiments-quick", "experiments-quick.work", "multi-resolution --data DATA --quick"),
        (
            ["--out", "pages", "--work", "w", "--photo", "photo.jpg"],
            "pages",
            "w",
            "multi-resolution --data DATA --photo PHOTO",
        ),
    ],
)
def test_pages_and_work_have_their_places(
    capsys: pytest.CaptureFixture[str],
    settings: list[Setting],
    tmp_path: Path,
    words: list[str],
    out: str,
    work: str,
    command: str,
) -> None:
    (tmp_path / "photo.jpg").touch()
    assert run(["experiment", "multi-resolution", "--data", "sets", *words]) == 0
    (setting,) = settings
    assert setting.out == Path(out)
    assert setting.materials.places.work == Path(work)
    assert setting.materials.places.data == tmp_path / "sets"
    assert setting.materials.session.runs == Path("runs")
    assert setting.quick is setting.materials.quick is ("--quick" in words)
    assert setting.made_by.endswith(f"Made by `smilecascade experiment {command}`.")
    assert capsys.readouterr().out == f"{out}/multi-resolution.md: written\n"


def test_whoever_stops_it_is_told_how_it_goes_on(
    capsys: pytest.CaptureFixture[str], settings: list[Setting], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(setting: Setting) -> Path:
        raise KeyboardInterrupt

    entry = EXPERIMENTS["multi-resolution"]
    monkeypatch.setitem(EXPERIMENTS, "multi-resolution", type(entry)(title="t", claim="c", run=stopped))
    assert run(["experiment", "multi-resolution", "--data", "sets"]) == 130
    assert capsys.readouterr().err == "stopped; the same command with --resume goes on\nerror: interrupted\n"
