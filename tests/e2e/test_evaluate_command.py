"""``smilecascade evaluate`` on a set of one real photo, in the layout of WebFaces."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from smilecascade.images import read, save

#: Both eyes, the nose and the mouth of examples/astronaut.jpg.
POINTS = "205 108 243 108 224 130 224 153"


@pytest.fixture
def webfaces(astronaut: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    shutil.copy(astronaut, folder / "images")
    (folder / "WebFaces_GroundThruth.txt").write_text(f"{astronaut.name} {POINTS}\n")
    return folder


def test_the_face_is_found_and_everything_is_written(
    smilecascade: Callable, webfaces: Path, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    options = ("--min-face", "60", "--uncalibrated", "--haar", "--out", out)
    done = smilecascade("evaluate", "--format", "webfaces", webfaces, *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{webfaces}: 1 photos, 1 wanted faces" in done.stdout
    figures = json.loads((out / "figures.json").read_text("utf-8"))
    ours, uncalibrated, haar = figures["detectors"]
    assert uncalibrated["detector"] == "smilecascade uncalibrated"
    assert (ours["recall_one"]["value"], haar["recall_one"]["value"]) == (1, 1)
    rows = [row for row in figures["levels"] if row["detector"] == ours["detector"]]
    assert [(row["level"], row["recall"]) for row in rows] == [(1, 1), (2, 1), (3, 1), (0, 1)]
    assert rows[0]["iou_after"] > rows[0]["iou_before"]
    assert (out / "froc.png").stat().st_size > 0


@pytest.fixture
def small(astronaut: Path, webfaces: Path) -> Path:
    """The same set, its photo cut and shrunk to a quarter of the pixels: hard cases are many."""
    save(np.ascontiguousarray(read(astronaut)[:300:2, 60:400:2]), webfaces / "images" / "astronaut.png")
    values = [float(value) for value in POINTS.split()]
    halved = [f"{(value - 60 * (k % 2 == 0)) / 2}" for k, value in enumerate(values)]
    (webfaces / "WebFaces_GroundThruth.txt").write_text(f"astronaut.png {' '.join(halved)}\n")
    return webfaces


def test_hard_cases_are_measured_and_written(smilecascade: Callable, small: Path, tmp_path: Path) -> None:
    out = tmp_path / "hard"
    options = ("--min-face", "30", "--stress", "--out", out)
    done = smilecascade("evaluate", "--format", "webfaces", small, *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{small}: 1 photos" in done.stdout
    with (out / "stress.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    found = {(row["family"], float(row["step"]), row["detector"]): row["recall"] for row in rows}
    ours = "smilecascade"
    assert (
        found["roll", 0, ours]
        == found["cut by the border", 0.25, ours]
        == found["darkness", 8, ours]
        == "1.0"
    )
    assert {found["roll", step, f"{ours}, 4 rotations"] for step in (-90, 0, 90, 180)} == {"1.0"}
    assert {path.name for path in out.iterdir()} == {"stress.csv", "stress.svg", "stress.json"}
