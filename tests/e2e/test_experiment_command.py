"""``smilecascade experiment``: every claim tried for a few steps on drawn photos, and its page."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from drawn_sets import write_sets

from smilecascade.runs import open_store

#: For each experiment its tables: how many lines each has.
TABLES = {
    "batch-norm": [2, 2, 2, 2, 3],
    "multi-resolution": [3],
    "calibration": [6, 6, 2, 3, 8],
    "more-data": [2, 2, 2, 2, 2],
    "inceptron": [3, 2, 2, 2],
    "ensemble": [8],
}

#: Trainings of each, by the names of their runs.
RUNS = {
    "batch-norm": 9,
    "multi-resolution": 3,
    "calibration": 14,
    "more-data": 10,
    "inceptron": 6,
    "ensemble": 3,
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sets, of the work that all experiments share, and of their pages."""
    folder = tmp_path_factory.mktemp("experiments")
    write_sets(folder / "data")
    return folder


def words(name: str, place: Path, *more: object) -> list[str]:
    photo = place / "data" / "caltech_webfaces_val" / "images" / "pic0.png"
    options = {"--data": place / "data", "--out": place / "pages", "--runs": place / "runs", "--photo": photo}
    given = [str(word) for option in (*options.items(), more) for word in option]
    return [sys.executable, "-W", "error", "-m", "smilecascade", "experiment", name, "--quick", *given]


def ran(name: str, place: Path, *more: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words(name, place, *more), capture_output=True, text=True, encoding="utf-8", timeout=300
    )


@pytest.fixture(scope="module", params=TABLES)
def page(request: pytest.FixtureRequest, place: Path) -> Path:
    """The page of each experiment in turn."""
    run = ran(request.param, place)
    assert run.returncode == 0, run.stderr
    assert run.stdout == f"{place / 'pages' / request.param}.md: written\n"
    return place / "pages" / f"{request.param}.md"


def tables(text: str) -> list[int]:
    """How many lines the tables of a page have, below their titles."""
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [len(block.splitlines()) - 2 for block in blocks]


def test_the_page_has_its_tables_and_pictures_and_its_trainings_are_finished_runs(page: Path) -> None:
    text = page.read_text("utf-8")
    assert tables(text) == TABLES[page.stem]
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", text)
    assert len(pictures) == {"ensemble": 0, "calibration": 4}.get(page.stem, len(TABLES[page.stem]))
    assert all((page.parent / picture).stat().st_size > 1000 for picture in pictures)
    assert text.endswith(
        f"Made by `smilecascade experiment {page.stem} --data DATA --quick --photo PHOTO`.\n"
    )
    assert str(page.parent.parent) not in text
    assert "nan" not in text.split()
    with open_store(page.parent.parent / "runs") as store:
        mine = [run for run in store.runs() if run.name.startswith(f"{page.stem}/")]
        assert (len({run.name for run in mine}), len(mine)) == (RUNS[page.stem], RUNS[page.stem])
        assert all((run.state, run.seed) == ("finished", 1) for run in mine)


def test_a_page_made_anew_keeps_its_answer_and_nothing_is_trained_again(place: Path) -> None:
    out, name = place / "pages", "multi-resolution"
    if not (out / f"{name}.md").exists():
        assert ran(name, place).returncode == 0
    page = out / f"{name}.md"
    before = page.read_text("utf-8").replace("*Not answered yet.*", "It does **not** hold.")
    page.write_text(before, "utf-8")
    trained = {path: path.stat().st_mtime_ns for path in place.rglob("checkpoint.safetensors")}
    refused = ran(name, place)
    assert refused.returncode == 2
    assert "a training is there, at step 4; give --resume" in refused.stderr
    assert ran(name, place, "--resume").returncode == 0
    assert page.read_text("utf-8") == before
    assert trained == {path: path.stat().st_mtime_ns for path in place.rglob("checkpoint.safetensors")}


def test_an_experiment_that_was_killed_goes_on(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    more = "--work", folder, "--out", tmp_path / "pages", "--runs", tmp_path / "runs"
    process = subprocess.Popen(
        words("batch-norm", place, *more), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    while len(trained := finished(folder)) < 2 and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert len(trained) >= 2
    run = ran("batch-norm", place, *more, "--resume")
    assert run.returncode == 0, run.stderr
    assert not [line for line in run.stderr.splitlines() if re.match(r"[12] of 9: ", line)]
    assert "9 of 9: " in run.stderr
    now = finished(folder)
    assert len(now) == 9
    assert {path: now[path] for path in trained} == trained
    with open_store(tmp_path / "runs") as store:
        assert len(store.runs()) == 9


def finished(work: Path) -> dict[Path, int]:
    """The checkpoints of trainings at their end, and when they were written."""
    from smilecascade.train.loop import step_reached

    checkpoints = work.rglob("checkpoint.safetensors")
    return {path: path.stat().st_mtime_ns for path in checkpoints if step_reached(path.parent) == 4}
