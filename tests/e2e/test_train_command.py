"""``smilecascade train`` from raw data to a bundle that detects, on drawn photos, in a few steps."""

import csv
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from drawn_sets import write_sets

from smilecascade.bundle import Bundle, open_bundle
from smilecascade.runs import Store, open_store

STEPS = 3
NETS = {"level1": "joint-12", "level2": "joint-24", "level3": "joint-48", "align": "align-48"}


@pytest.fixture(scope="module", autouse=True)
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder that every command is started in."""
    folder = tmp_path_factory.mktemp("here")
    with chdir(folder):
        yield folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sets(tmp_path_factory.mktemp("train") / "data")


@pytest.fixture(scope="module")
def whole(data: Path) -> tuple[Bundle, float]:
    """The bundle of a training that nothing disturbed, and how many seconds it took."""
    started = time.monotonic()
    run = train("all", data, data.parent / "whole" / "bundle")
    elapsed_s = time.monotonic() - started
    assert run.returncode == 0, run.stderr
    return open_bundle(data.parent / "whole" / "bundle"), elapsed_s


def command(what: str, data: Path, out: Path, *more: object) -> list[str]:
    places = {"--data": data, "--out": out, "--runs": out.with_name("runs")}
    options = places | {"--steps": STEPS, "--seed": 7, "--threads": 1}
    words = [str(word) for option in options.items() for word in option]
    return [sys.executable, "-m", "smilecascade", "train", what, *words, *map(str, more)]


def train(what: str, data: Path, out: Path, *more: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(what, data, out, *more), capture_output=True, text=True, encoding="utf-8", timeout=300
    )


def test_the_levels_are_trained_in_their_order(whole: tuple[Bundle, float]) -> None:
    bundle, _ = whole
    assert [level.net for level in bundle.spec.levels] == list(NETS.values())[:3]
    assert [level.window for level in bundle.spec.levels] == [12, 24, 48]
    trainings = [recipe.get("train", recipe) for recipe in bundle.manifest["training"]]
    assert [(train["net"], train["steps"], train["seed"]) for train in trainings] == [
        (name, STEPS, 7) for name in NETS.values()
    ]
    assert "people" in bundle.manifest["data"]


def test_each_net_is_a_finished_run(whole: tuple[Bundle, float]) -> None:
    with open_store(whole[0].path.with_name("runs")) as store:
        check_complete(store)
        for run in store.runs():
            assert run.config.get("train", run.config)["net"] == NETS[run.name]
            assert run.seed == 7


def check_complete(store: Store) -> None:
    """One run a net, which has all of its figures once, and its pictures."""
    runs = store.runs()
    assert sorted((run.name, run.state) for run in runs) == sorted((name, "finished") for name in NETS)
    for run in runs:
        judged = ["val_loss", "val_error", "val_recall_at_1pc"] if run.name != "align" else ["points_error"]
        for name in ("loss", "learning_rate"):
            assert store.scalars(run.id, name).steps.tolist() == list(range(1, STEPS + 1))
        for name in ("displacement_error", *judged):
            assert store.scalars(run.id, name).steps.tolist() == [STEPS]
        pictures = [(image.name, image.step) for image in store.images(run.id)]
        assert pictures == [("mistakes", STEPS)] * (run.name != "align") + [("samples", 0)]


def test_nothing_is_left_where_a_training_was_started(whole: tuple[Bundle, float], here: Path) -> None:
    assert list(here.iterdir()) == []
    assert {path.name for path in whole[0].path.parent.iterdir()} == {"bundle", "bundle.work", "runs"}


def test_the_manifest_says_what_the_bundle_reaches(whole: tuple[Bundle, float]) -> None:
    figures = whole[0].manifest["figures"]
    assert (figures["set"], figures["min_face"]) == ("caltech_webfaces_val", 20)
    assert all(0 <= figures[name] <= 1 for name in ("ap", "ap_70", "recall_tenth", "recall_one"))


def test_a_training_goes_on_only_if_that_is_asked_for(
    whole: tuple[Bundle, float], data: Path, tmp_path: Path
) -> None:
    work = whole[0].path.with_name("bundle.work")
    run = train("all", data, tmp_path / "bundle", "--work", work)
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1] == (
        f"error: {work / 'level1'}: a training is there, at step 3; give --resume to go on with it, "
        "or another --work folder"
    )
    assert list(tmp_path.iterdir()) == []


def test_samples_of_other_inputs_are_not_taken(
    whole: tuple[Bundle, float], data: Path, tmp_path: Path
) -> None:
    work = whole[0].path.with_name("bundle.work")
    run = train("level1", data, tmp_path / "bundle", "--work", work, "--seed", 8, "--resume")
    assert run.returncode == 2
    message = run.stderr.splitlines()[-1]
    assert "level1/negatives: was made with seed 7, now it is 8" in message
    assert "give another --work folder or delete this folder" in message


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
def test_a_training_killed_twice_goes_on_to_the_same_weights(
    whole: tuple[Bundle, float], data: Path, tmp_path: Path, turn: int
) -> None:
    bundle, elapsed_s = whole
    out, shares = tmp_path / "bundle", (random.uniform(0.2, 0.95), random.uniform(0.1, 0.5))
    for share, more in zip(shares, ((), ("--resume",)), strict=True):
        killed(share * elapsed_s, command("all", data, out, *more))
    run = train("all", data, out, "--resume")
    assert run.returncode == 0, f"killed after {shares} of {elapsed_s:.1f} s: {run.stderr}"
    again = open_bundle(out)
    assert (again.nets, again.aligner) == (bundle.nets, bundle.aligner), f"killed after {shares}"
    assert again.spec == bundle.spec
    with open_store(tmp_path / "runs") as store:
        check_complete(store)


def killed(after_s: float, words: list[str]) -> None:
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    time.sleep(after_s)
    process.kill()
    process.wait()


@pytest.mark.parametrize(("part", "before"), [("level2", 1), ("align", 3)])
def test_a_level_needs_the_one_before(data: Path, tmp_path: Path, part: str, before: int) -> None:
    run = train(part, data, tmp_path / "bundle")
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1].endswith(
        f"level {before} comes first: run smilecascade train level{before}"
    )
    assert "Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []


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
