"""``smilecascade evaluate`` with a cascade that needs no weights: tables, files, errors."""

import csv
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

import smilecascade
from smilecascade.cli import run
from smilecascade.detect.cascade import Stage
from smilecascade.images import save
from smilecascade.records import Candidates, Face

Captured = pytest.CaptureFixture[str]

#: The face of every photo: eyes at y = 20 and the mouth at y = 40 give a square of side 47.
LINE = "{name} 20 20 40 20 30 30 30 40\n"
SQUARE = (6.5, 2.5, 53.5, 49.5)


class FakeCascade:
    """Finds the square of each photo, and remembers what it was asked."""

    bundle = SimpleNamespace(
        digest="0123abcd", spec=SimpleNamespace(levels=(SimpleNamespace(min_score=0.9),))
    )

    def __init__(self) -> None:
        self.loaded: list[tuple[Path | None, int | None]] = []
        self.asked: list[tuple[float, float | None]] = []

    def detect(self, image: NDArray[np.uint8], *, min_face: float, min_score: float | None) -> list[Face]:
        self.asked.append((min_face, min_score))
        return [Face(box=SQUARE, score=0.75)]

    def trace(self, image: NDArray[np.uint8], *, min_face: float) -> list[Stage]:
        found = Candidates(
            boxes=np.array([SQUARE], np.float32),
            scores=np.ones(1, np.float32),
            scales=np.zeros(1, np.int32),
        )
        return [Stage(level=1, step="classified", entered=200, candidates=found, elapsed_s=0.001)]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeCascade:
    cascade = FakeCascade()

    def load(path: Path | None = None, *, threads: int | None = None) -> FakeCascade:
        cascade.loaded.append((path, threads))
        return cascade

    monkeypatch.setattr(smilecascade, "load", load)
    return cascade


@pytest.fixture
def webfaces(tmp_path: Path) -> Path:
    """A set of two photos of one face each, in the layout of WebFaces."""
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    names = ("a.png", "b.png")
    for name in names:
        save(np.zeros((60, 60, 3), np.uint8), folder / "images" / name)
    (folder / "WebFaces_GroundThruth.txt").write_text("".join(LINE.format(name=name) for name in names))
    return folder


def _evaluate(folder: Path, *options: object) -> int:
    return run(["evaluate", "--format", "webfaces", str(folder), *map(str, options)])


def test_tables_are_printed(webfaces: Path, fake: FakeCascade, capsys: Captured) -> None:
    assert _evaluate(webfaces) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == f"{webfaces}: 2 photos, 2 wanted faces"
    assert lines[4].split("|")[1:4] == [" smilecascade ", " 1.000 (1.000–1.000) ", " 1.000 (1.000–1.000) "]
    assert lines[8].split("|")[1:3] == [" 1     ", "      200.0 "]
    assert err == ""


def test_options_reach_the_cascade(webfaces: Path, fake: FakeCascade, capsys: Captured) -> None:
    options = ("--bundle", "weights", "--threads", 2, "--min-face", 40, "--min-score", 0.5)
    assert _evaluate(webfaces, *options) == 0
    assert fake.loaded == [(Path("weights"), 2)]
    assert fake.asked == [(40, 0.5)] * 2


def test_defaults_are_those_of_the_published_figures(
    webfaces: Path, fake: FakeCascade, capsys: Captured
) -> None:
    assert _evaluate(webfaces) == 0
    assert fake.loaded == [(None, 1)]
    assert fake.asked == [(20, 0.02)] * 2


def test_the_smallest_face_is_also_the_smallest_wanted(
    webfaces: Path, fake: FakeCascade, capsys: Captured
) -> None:
    assert _evaluate(webfaces, "--min-face", 48) == 0
    assert capsys.readouterr().out.startswith(f"{webfaces}: 2 photos, 0 wanted faces")


def test_files_are_written(webfaces: Path, fake: FakeCascade, capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "new" / "report"
    assert _evaluate(webfaces, "--out", out) == 0
    names = {"figures.json", "froc.csv", "froc.png", "levels.csv", "detections.jsonl"}
    assert {path.name for path in out.iterdir()} == names
    figures = json.loads((out / "figures.json").read_text("utf-8"))
    assert figures["detectors"][0]["ap"]["value"] == 1
    assert (figures["bundle"], figures["seed"], figures["min_score"]) == ("0123abcd", 1, 0.02)
    detections = [json.loads(line) for line in (out / "detections.jsonl").read_text("utf-8").splitlines()]
    assert [Path(line["path"]).name for line in detections] == ["a.png", "b.png"]
    assert detections[0]["faces"][0]["box"] == list(SQUARE)
    with (out / "levels.csv").open() as stream:
        assert [(row["detector"], row["recall"]) for row in csv.DictReader(stream)] == [("smilecascade", "1")]


def test_the_worst_is_shown_at_the_threshold_of_the_bundle(
    webfaces: Path, fake: FakeCascade, capsys: Captured, tmp_path: Path
) -> None:
    """The faces are found with 0.75, and reported from 0.9 on."""
    out = tmp_path / "new" / "worst"
    assert _evaluate(webfaces, "--worst", out) == 0
    assert {path.name for path in out.iterdir()} == {"missed-1.jpg", "mistakes.csv", "recall.md"}
    printed = capsys.readouterr().out
    assert f"2 missed faces and 0 false alarms are in {out}. Recall from a score of 0.900 on:" in printed
    assert printed.endswith((out / "recall.md").read_text("utf-8").partition("\n\n")[2])
    assert "0.000 of 2" in printed


def test_recall_is_told_by_size(webfaces: Path, fake: FakeCascade, capsys: Captured) -> None:
    assert _evaluate(webfaces, "--by-size") == 0
    table = capsys.readouterr().out.partition("smilecascade, recall at 1 false positive a photo:\n\n")[2]
    assert "40 to 80 px" in table
    assert "1.000 of 2" in table


def test_the_same_nets_are_measured_without_calibration(
    webfaces: Path, random_bundle: Path, capsys: Captured, tmp_path: Path
) -> None:
    out = tmp_path / "report"
    assert _evaluate(webfaces, "--bundle", random_bundle, "--uncalibrated", "--out", out) == 0
    names = ["smilecascade", "smilecascade uncalibrated"]
    printed = capsys.readouterr().out.splitlines()
    assert [line[:-1] for line in printed if line.endswith(":")] == names
    assert [line.split(" |")[0] for line in printed[4:6]] == [f"| {name:<25}" for name in names]
    rows = json.loads((out / "figures.json").read_text("utf-8"))["levels"]
    assert [(row["detector"], row["level"]) for row in rows] == [(n, k) for n in names for k in (1, 2, 3, 0)]
    moved, still = rows[0], rows[4]
    assert moved["iou_before"] == still["iou_before"] == still["iou_after"] != moved["iou_after"]


def test_haar_is_measured_beside_it(webfaces: Path, fake: FakeCascade, capsys: Captured) -> None:
    assert _evaluate(webfaces, "--haar") == 0
    assert capsys.readouterr().out.splitlines()[5].startswith("| Haar alt2    | 0.000")


def test_incomplete_labels_are_warned_of(tmp_path: Path, fake: FakeCascade, capsys: Captured) -> None:
    save(np.zeros((60, 60, 3), np.uint8), tmp_path / "a.png")
    (tmp_path / "trainImageList.txt").touch()
    (tmp_path / "testImageList.txt").write_text("a.png 5 50 5 50 20 20 40 20 30 30 25 40 35 40\n")
    assert run(["evaluate", "--format", "lfw", str(tmp_path)]) == 0
    assert capsys.readouterr().err.startswith(
        f"warning: {tmp_path}: not every face of these photos is labelled"
    )


def _error(capsys: Captured) -> str:
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


def test_a_set_without_photos(webfaces: Path, fake: FakeCascade, capsys: Captured) -> None:
    (webfaces / "WebFaces_GroundThruth.txt").write_text("")
    assert _evaluate(webfaces) == 2
    assert f"{webfaces}: a webfaces set without photos" in _error(capsys)


def test_a_broken_photo_spoils_the_measurement(webfaces: Path, fake: FakeCascade, capsys: Captured) -> None:
    (webfaces / "images" / "b.png").write_text("Dear diary,\n")
    assert _evaluate(webfaces) == 2
    assert "b.png: is not a photo" in _error(capsys)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "webfaces", "missing"], "Directory 'missing' does not exist"),
        (["--format", "wobfaces", "."], "'wobfaces' is not one of"),
        (["."], "Missing option '--format'"),
        (["--format", "webfaces", ".", "--yunet", "missing.onnx"], "File 'missing.onnx' does not exist"),
        (["--format", "webfaces", ".", "--min-face", "nan"], "is not a number"),
        (["--format", "webfaces", ".", "--min-score", "2"], "is not in the range"),
        (["--format", "webfaces", ".", "--threads", "0"], "is not in the range"),
        (["--format", "webfaces", ".", "--stress", "--by-size"], "--by-size has no part in --stress"),
        (["--protocol", "fddb", ".", "--stress"], "--protocol has no part in --stress"),
    ],
)
def test_wrong_usage(arguments: list[str], words: str, capsys: Captured) -> None:
    assert run(["evaluate", *arguments]) == 2
    assert words in _error(capsys)


def test_an_unwritable_folder_is_found_before_the_work(
    webfaces: Path, fake: FakeCascade, capsys: Captured
) -> None:
    (webfaces / "taken").touch()
    assert _evaluate(webfaces, "--out", webfaces / "taken" / "report") == 2
    error = _error(capsys)
    assert f"{webfaces / 'taken' / 'report'}: cannot be written (" in error
    assert error.endswith("; give --out another folder\n")
    assert fake.asked == []


@pytest.mark.parametrize(("module", "options"), [("matplotlib", ["--out", "report"]), ("cv2", ["--haar"])])
def test_a_missing_extra_is_found_before_the_work(
    webfaces: Path,
    fake: FakeCascade,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    module: str,
    options: list[str],
) -> None:
    monkeypatch.chdir(webfaces)
    monkeypatch.setitem(sys.modules, module, None)
    assert _evaluate(webfaces, *options) == 2
    assert "pip install 'smilecascade[benchmark]'" in _error(capsys)
    assert fake.asked == []
