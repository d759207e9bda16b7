"""``smilecascade train`` from raw data to a bundle that detects, on drawn photos, in a few steps."""

import csv
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from drawn_sets import write_sets

from smilecascade.bundle import Bundle, open_bundle

STEPS = 3
NETS = ["joint-12", "joint-24", "joint-48"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sets(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def whole(data: Path) -> tuple[Bundle, float]:
    """The bundle of a training that nothing disturbed, and how many seconds it took."""
    started = time.monotonic()
    run = train("all", data, data.parent / "whole" / "bundle")
    elapsed_s = time.monotonic() - started
    assert run.returncode == 0, run.stderr
    return open_bundle(data.parent / "whole" / "bundle"), elapsed_s


def command(what: str, data: Path, out: Path, *more: object) -> list[str]:
    options = {"--data": data, "--out": out, "--steps": STEPS, "--seed": 7}
    words = [str(word) for option in options.items() for word in option]
    return [sys.executable, "-m", "smilecascade", "train", what, *words, *map(str, more)]


def train(what: str, data: Path, out: Path, *more: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(what, data, out, *more), capture_output=True, text=True, encoding="utf-8", timeout=300
    )


def test_the_levels_are_trained_in_their_order(whole: tuple[Bundle, float]) -> None:
    bundle, _ = whole
    assert [level.net for level in bundle.spec.levels] == NETS
    assert [level.window for level in bundle.spec.levels] == [12, 24, 48]
    trainings = [recipe["train"] for recipe in bundle.manifest["training"]]
    assert [(train["net"], train["steps"], train["seed"]) for train in trainings] == [
        (name, STEPS, 7) for name in NETS
    ]
    assert "people" in bundle.manifest["data"]


def test_figures_and_a_sheet_lie_beside_each_level(whole: tuple[Bundle, float]) -> None:
    work = whole[0].path.with_name("bundle.work")
    for number in (1, 2, 3):
        with (work / f"level{number}" / "progress.csv").open(newline="", encoding="utf-8") as file:
            *_, row = csv.DictReader(file)
        assert int(row["step"]) == STEPS
        assert float(row["val_loss"]) > 0
        assert 0 <= float(row["val_recall_at_1pc"]) <= 1
        assert (work / f"level{number}" / "sheet.png").stat().st_size > 1000


def test_the_manifest_says_what_the_bundle_reaches(whole: tuple[Bundle, float]) -> None:
    figures = whole[0].manifest["figures"]
    assert (figures["set"], figures["min_face"]) == ("caltech_webfaces_val", 20)
    assert all(0 <= figures[name] <= 1 for name in ("ap", "ap_70", "recall_tenth", "recall_one"))


def test_samples_of_other_inputs_are_not_taken(whole: tuple[Bundle, float], data: Path) -> None:
    work = whole[0].path.with_name("bundle.work")
    run = train("level1", data, data.parent / "other" / "bundle", "--work", work, "--seed", 8)
    assert run.returncode == 2
    message = run.stderr.splitlines()[-1]
    assert "negatives.npy: was made with seed 7, now it is 8" in message
    assert "give another --work folder or delete this file" in message


def test_calibrators_are_compared(whole: tuple[Bundle, float], data: Path, tmp_path: Path) -> None:
    nets = ["li-24-cal", "li-24-direct"]
    words = ["--bundle", whole[0].path, *(word for net in nets for word in ("--net", net))]
    run = train("calibrators", data, tmp_path / "compared", *words)
    assert run.returncode == 0, run.stderr
    with (tmp_path / "compared" / "calibrators.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["net"] for row in rows] == nets
    assert [row["class error"] == "–" for row in rows] == [False, True]
    assert all(float(row["displacement error"]) > 0 for row in rows)
    assert all(net in run.stdout for net in nets)
    assert (tmp_path / "compared" / "curves.png").stat().st_size > 1000


def test_a_calibrator_that_is_none_is_a_usage_error(data: Path, tmp_path: Path) -> None:
    run = train("calibrators", data, tmp_path / "compared", "--net", "li-24")
    assert run.returncode == 2
    assert "'li-24' is none of article-12-cal" in run.stderr.splitlines()[-1]


def test_the_bundle_detects(whole: tuple[Bundle, float], data: Path) -> None:
    photo = data / "caltech_webfaces_val" / "images" / "pic0.png"
    words = ["detect", photo, "--bundle", whole[0].path, "--out", "-", "--min-score", "0"]
    run = subprocess.run(
        [sys.executable, "-m", "smilecascade", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
    )
    assert (run.returncode, run.stderr) == (0, "")
    found = json.loads(run.stdout)
    assert (found["width"], found["height"]) == (128, 96)
    assert all(0 <= face["score"] <= 1 for face in found["faces"])


@pytest.mark.parametrize("turn", [1, *(pytest.param(k, marks=pytest.mark.soak) for k in range(2, 12))])
def test_a_killed_training_goes_on_to_the_same_weights(
    whole: tuple[Bundle, float], data: Path, tmp_path: Path, turn: int
) -> None:
    bundle, elapsed_s = whole
    out, share = tmp_path / "bundle", random.uniform(0.2, 0.95)
    process = subprocess.Popen(
        command("all", data, out), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    time.sleep(share * elapsed_s)
    process.kill()
    process.wait()
    run = train("all", data, out)
    assert run.returncode == 0, f"killed after {share:.3f} of {elapsed_s:.1f} s: {run.stderr}"
    again = open_bundle(out)
    assert again.nets == bundle.nets, f"killed after {share:.3f} of {elapsed_s:.1f} s"
    assert again.spec == bundle.spec


def test_a_level_needs_the_one_before(data: Path, tmp_path: Path) -> None:
    run = train("level2", data, tmp_path / "bundle")
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1].endswith("level 1 comes first: run smilecascade train level1")
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "bundle").exists()


def test_what_is_in_the_way_is_told_before_any_work(data: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "wedding.jpg").touch()
    for folder, out, message in (
        (tmp_path, tmp_path / "bundle", "no such folder; unpack the data sets"),
        (data, tmp_path / "photos", "photos: exists and is no bundle; give a new folder, or an empty one"),
    ):
        run = train("all", folder, out)
        assert run.returncode == 2
        assert message in run.stderr.splitlines()[-1]
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["wedding.jpg"]
