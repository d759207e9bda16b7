"""``smilecascade runs`` on a store of two finished runs."""

import csv
from collections.abc import Callable
from io import StringIO
from math import isnan, nan
from pathlib import Path

import numpy as np
import pytest

from smilecascade import runs
from smilecascade.runs import open_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs, ``slow`` and ``fast``, of 20 steps each, with other learning rates."""
    for name, rate in (("slow", 0.01), ("fast", 0.1)):
        config = {"learning_rate": rate, "train": {"net": "joint-48"}}
        with runs.start(name, tmp_path / "runs", config=config, seed=1, notes=f"{name} and sure") as run:
            for step in range(20):
                run.log({"loss": 1 / (1 + rate * step), "error": nan}, step)
            run.image("samples", np.zeros((1, 1, 3), np.uint8), 10)
    return tmp_path / "runs"


@pytest.fixture
def command(smilecascade: Callable, folder: Path) -> Callable[..., str]:
    """Runs ``smilecascade runs`` on that store, which must go well; gives what it prints."""

    def run(*arguments: str | Path) -> str:
        done = smilecascade("runs", *arguments, "--runs", folder)
        assert (done.returncode, done.stderr) == (0, "")
        return str(done.stdout)

    return run


def test_runs_are_listed_newest_first(command: Callable[..., str]) -> None:
    titles, first, second = map(str.split, command("list").splitlines())
    assert titles == ["run", "name", "state", "started", "lasted", "step"]
    assert [(row[1], row[2], row[-1]) for row in (first, second)] == [
        ("fast", "finished", "19"),
        ("slow", "finished", "19"),
    ]


def test_a_run_is_shown(command: Callable[..., str], folder: Path) -> None:
    facts, metrics, pictures = command("show", "slow").split("\n\n")
    known = dict(line.split(maxsplit=1) for line in facts.splitlines())
    assert (known["state"], known["seed"], known["notes"]) == ("finished", "1", "slow and sure")
    assert (known["config.learning_rate"], known["config.train.net"]) == ("0.01", "joint-48")
    assert [line.split() for line in metrics.splitlines()] == [
        ["metric", "points", "step", "last", "least", "greatest"],
        ["loss", "20", "19", "0.840336", "0.840336", "1"],
        ["error", "20", "19", "–", "–", "–"],
    ]
    name, step, file = pictures.splitlines()[1].split()
    assert (name, step, Path(file).is_relative_to(folder), Path(file).is_file()) == (
        *("samples", "10"),
        *(True, True),
    )


def test_runs_are_compared(command: Callable[..., str]) -> None:
    overview, started, figures = command("compare", "slow", "fast").split("\n\n")
    assert [line.split()[1] for line in overview.splitlines()] == ["name", "slow", "fast"]
    assert [line.split() for line in started.splitlines()[1:]] == [["config.learning_rate", "0.01", "0.1"]]
    assert [line.split() for line in figures.splitlines()[1:4]] == [
        ["loss", "last", "0.840336", "0.344828"],
        ["loss", "least", "0.840336", "0.344828"],
        ["loss", "greatest", "1", "1"],
    ]


def test_points_are_exported_as_they_are(command: Callable[..., str], folder: Path, tmp_path: Path) -> None:
    printed = command("export", "csv", "fast")
    assert command("export", "csv", "fast", "--out", tmp_path / "fast.csv") == ""
    assert (tmp_path / "fast.csv").read_text("utf-8") == printed
    rows = list(csv.DictReader(StringIO(printed)))
    with open_store(folder) as store:
        points = store.scalars("fast", "loss")
    loss, error = rows[:20], rows[20:]
    for column, values in (("step", points.steps), ("time", points.times), ("value", points.values)):
        assert [float(row[column]) for row in loss] == values.tolist()
    assert {row["metric"] for row in loss} == {"loss"}
    assert all(isnan(float(row["value"])) and row["metric"] == "error" for row in error)


def test_deleted_runs_are_gone(command: Callable[..., str], folder: Path) -> None:
    with open_store(folder) as store:
        fast = store.run("fast").id
    assert command("delete", "fast", fast, "--yes") == f"{fast}: deleted\n"
    assert [line.split()[1] for line in command("list").splitlines()[1:]] == ["slow"]
    assert len(list((folder / "images").iterdir())) == 1


def test_one_unknown_run_spares_the_others(smilecascade: Callable, folder: Path) -> None:
    done = smilecascade("runs", "delete", "fast", "slaw", "--yes", "--runs", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {folder}: holds no run 'slaw'; the nearest is 'slow'\n"
    with open_store(folder) as store:
        assert len(store.runs()) == 2


def test_a_damaged_store_is_one_line(smilecascade: Callable, folder: Path) -> None:
    (folder / "runs.sqlite").write_bytes(b"Dear diary,\n" * 500)
    done = smilecascade("runs", "list", "--runs", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {folder / 'runs.sqlite'}: is damaged (")
    assert done.stderr.count("\n") == 1
