"""``smilecascade evaluate --protocol`` with a cascade that needs no weights: tables, files, errors."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

import smilecascade
from smilecascade.cli import run
from smilecascade.images import save
from smilecascade.records import Face

Captured = pytest.CaptureFixture[str]

#: The face of every photo, and the ellipse and the box that label it.
BOX = (10.0, 10.0, 50.0, 60.0)
ELLIPSE = "25 20 1.570796 30 35 1"
LABEL = "10 10 40 50 0 0 0 0 0 0"


class FakeCascade:
    """Finds the box of each photo, and in the first also a place beside it."""

    bundle = SimpleNamespace(digest="0123abcd")

    def __init__(self) -> None:
        self.asked: list[tuple[float, float | None]] = []

    def detect(self, image: NDArray[np.uint8], *, min_face: float, min_score: float | None) -> list[Face]:
        self.asked.append((min_face, min_score))
        beside = [Face(box=(60.0, 0.0, 70.0, 10.0), score=0.5)] if len(self.asked) == 1 else []
        return [Face(box=BOX, score=0.75), *beside]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeCascade:
    cascade = FakeCascade()
    monkeypatch.setattr(smilecascade, "load", lambda path=None, *, threads=None: cascade)
    return cascade


def _photos(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        save(np.zeros((80, 80, 3), np.uint8), path)


@pytest.fixture
def fddb(tmp_path: Path) -> Path:
    """Two folds of a photo each."""
    folder = tmp_path / "fddb"
    (folder / "FDDB-folds").mkdir(parents=True)
    for number in (1, 2):
        name = f"2002/img_{number}"
        _photos(folder / "originalPics" / f"{name}.jpg")
        (folder / "FDDB-folds" / f"FDDB-fold-0{number}.txt").write_text(f"{name}\n")
        (folder / "FDDB-folds" / f"FDDB-fold-0{number}-ellipseList.txt").write_text(f"{name}\n1\n{ELLIPSE}\n")
    return folder


@pytest.fixture
def wider(tmp_path: Path) -> Path:
    """Two photos of a face each."""
    folder = tmp_path / "wider"
    names = ("0--Parade/a.jpg", "1--Riot/b.jpg")
    _photos(*(folder / "images" / name for name in names))
    (folder / "val_bbx_gt.txt").write_text("".join(f"{name}\n1\n{LABEL}\n" for name in names))
    return folder


def _evaluate(*options: object) -> int:
    return run(["evaluate", *map(str, options)])


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")[1:-1]]


def test_fddb(fddb: Path, fake: FakeCascade, capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "report"
    assert _evaluate("--protocol", "fddb", fddb, "--min-face", 30, "--out", out) == 0
    assert fake.asked == [(30, 0.02)] * 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{fddb}: 2 photos, 2 faces"
    # An ellipse within its box has π/4 of its area.
    assert _cells(lines[4]) == ["smilecascade", "discrete", "1.0000", "1.0000", "1.0000"]
    assert _cells(lines[5]) == ["smilecascade", "continuous", "0.7854", "0.7854", "0.7854"]
    assert [_cells(line)[1] for line in lines[6:]] == ["discrete, mean of folds", "continuous, mean of folds"]
    own = out / "smilecascade"
    assert (own / "fold-01-out.txt").read_text() == "2002/img_1\n2\n10 10 40 50 0.75\n60 0 10 10 0.5\n"
    assert (own / "fold-02-out.txt").read_text() == "2002/img_2\n1\n10 10 40 50 0.75\n"
    assert (own / "DiscROC.txt").read_text() == "1.000000 0 0.75\n1.000000 1 0.5\n"
    assert (own / "ContROC.txt").read_text().startswith("0.785")
    figures = json.loads((out / "figures.json").read_text("utf-8"))
    assert (figures["bundle"], figures["false_positives"]) == ("0123abcd", [100, 1000, 2000])
    assert figures["detectors"]["smilecascade"]["discrete"] == [1, 1, 1]


def test_wider(wider: Path, fake: FakeCascade, capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "report"
    assert _evaluate("--protocol", "wider", wider, "--out", out) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{wider}: 2 photos; all: 2 faces"
    assert [_cells(line) for line in lines[2::2]] == [["detector", "AP all"], ["smilecascade", "1.0000"]]
    assert (
        out / "smilecascade/0--Parade/a.txt"
    ).read_text() == "a.jpg\n2\n10 10 40 50 0.75\n60 0 10 10 0.5\n"
    assert (out / "precision_recall.csv").read_text().splitlines()[:2] == [
        "detector,subset,recall,precision",
        "smilecascade,all,1.000000,1.000000",
    ]
    figures = json.loads((out / "figures.json").read_text("utf-8"))
    assert figures["detectors"] == {"smilecascade": {"all": {"faces": 2, "ap": 1}}}


def test_subsets_are_columns(wider: Path, fake: FakeCascade, capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "easy.txt").write_text("1--Riot/b.jpg 1\n")
    (tmp_path / "hard.json").write_text("{}")
    subsets = ("--subset", tmp_path / "easy.txt", "--subset", tmp_path / "hard.json")
    out = tmp_path / "report"
    assert _evaluate("--protocol", "wider", wider, *subsets, "--out", out) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{wider}: 2 photos; easy: 1 faces, hard: 0 faces"
    assert _cells(lines[4]) == ["smilecascade", "1.0000", "–"]
    figures = json.loads((out / "figures.json").read_text("utf-8"))
    assert figures["detectors"]["smilecascade"]["hard"] == {"faces": 0, "ap": None}


@pytest.mark.parametrize("protocol", ["fddb", "wider"])
def test_written_detections_are_judged_again_without_a_cascade(
    protocol: str, request: pytest.FixtureRequest, fake: FakeCascade, capsys: Captured, tmp_path: Path
) -> None:
    folder = request.getfixturevalue(protocol)
    assert _evaluate("--protocol", protocol, folder, "--out", tmp_path / "report") == 0
    first = capsys.readouterr().out
    fake.asked.clear()
    assert _evaluate("--protocol", protocol, folder, "--detections", tmp_path / "report/smilecascade") == 0
    assert capsys.readouterr().out == first
    assert fake.asked == []


def test_a_file_of_all_folds_is_judged_where_there_are_no_photos(
    fddb: Path, capsys: Captured, tmp_path: Path
) -> None:
    for photo in (fddb / "originalPics").rglob("*.jpg"):
        photo.unlink()
    found = tmp_path / "found.txt"
    found.write_text("2002/img_2\n0\n2002/img_1\n1\n10 10 40 50 9.5\n")
    assert _evaluate("--protocol", "fddb", fddb, "--detections", found) == 0
    assert "| found.txt |                  discrete |     0.5000 |" in capsys.readouterr().out


def test_photos_without_a_file_of_results_are_told(wider: Path, capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "found" / "1--Riot").mkdir(parents=True)
    (tmp_path / "found" / "1--Riot" / "b.txt").write_text("b\n1\n10 10 40 50 9.5\n")
    assert _evaluate("--protocol", "wider", wider, "--detections", tmp_path / "found") == 0
    out, err = capsys.readouterr()
    assert "| found    | 0.5000 |" in out
    assert err == f"warning: {tmp_path / 'found'}: has no file for 1 photos: nothing was found in them\n"


@pytest.mark.parametrize(
    ("protocol", "options", "words"),
    [
        ("fddb", ["--by-size"], "--by-size has no part in a protocol."),
        ("fddb", ["--format", "wider"], "--protocol fddb judges sets of the format fddb, not wider."),
        ("wider", ["--subset", "missing.txt"], "File 'missing.txt' does not exist"),
        ("fddb", ["--detections", "empty.txt"], "has nothing of 2 photos of the set, 2002/img_1.jpg first"),
        (
            "wider",
            ["--detections", "."],
            "expected EVENT/PHOTO.txt for the photos of the set, got none of them",
        ),
        ("wider", ["--subset", "empty.txt"] * 2, "--subset: two lists have the same name"),
        ("wider", ["--subset", "empty.json"], "empty.json: is no JSON"),
    ],
)
def test_wrong_usage(
    protocol: str,
    options: list[str],
    words: str,
    request: pytest.FixtureRequest,
    fake: FakeCascade,
    capsys: Captured,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("empty.txt", "empty.json"):
        (tmp_path / name).touch()
    assert _evaluate("--protocol", protocol, request.getfixturevalue(protocol), *options) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert words in err
    assert fake.asked == []


@pytest.mark.parametrize("options", [["--subset", "empty.txt"], ["--detections", "empty.txt"]])
def test_what_belongs_to_a_protocol_needs_one(
    options: list[str], capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.txt").touch()
    assert _evaluate("--format", "wider", ".", *options) == 2
    assert "--subset and --detections belong to --protocol." in capsys.readouterr().err


def test_a_missing_scipy_is_found_before_the_work(
    fddb: Path, fake: FakeCascade, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    assert _evaluate("--protocol", "fddb", fddb) == 2
    assert "pip install 'smilecascade[benchmark]'" in capsys.readouterr().err
    assert fake.asked == []
