"""``smilecascade detect --resume`` with a cascade that needs no weights: what is done, is left, is told."""

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from smilecascade.cli import run
from smilecascade.images import read, save

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of five photos, the third of which cannot be read."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(5):
        save(np.full((6, 8, 3), number, np.uint8), folder / f"{number}.png")
    (folder / "2.png").write_bytes(b"")
    return folder


@pytest.fixture
def interrupted(cascade, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs the command, and presses Ctrl-C when the cascade is asked for the photo of this number."""
    found = cascade.detect

    def detect(number: int, *arguments: str | Path) -> int:
        def until(image: np.ndarray, **how: object) -> object:
            if image[0, 0, 0] == number:
                raise KeyboardInterrupt
            return found(image, **how)

        monkeypatch.setattr(cascade, "detect", until)
        try:
            return run(["detect", *map(str, arguments)])
        finally:
            monkeypatch.setattr(cascade, "detect", found)

    return detect


def _paths(out: Path) -> list[str]:
    return [Path(json.loads(line)["path"]).name for line in out.read_text().splitlines()]


def test_ctrl_c_says_how_to_go_on(many: Path, interrupted, capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "faces.jsonl"
    assert interrupted(3, many, "--out", out) == 130
    assert capsys.readouterr().err.splitlines()[1:] == [
        f"error: interrupted; {out}.partial keeps what was found: the same command with --resume goes on"
    ]
    assert not out.exists()


def test_the_rest_is_done_and_nothing_twice(
    many: Path, cascade, interrupted, capsys: Captured, tmp_path: Path
) -> None:
    out = tmp_path / "faces.jsonl"
    interrupted(3, many, "--out", out)
    cascade.asked.clear()
    assert run(["detect", str(many), "--out", str(out), "--resume"]) == 1, "one photo was not read, once"
    assert len(cascade.asked) == 2
    assert _paths(out) == ["0.png", "1.png", "2.png", "3.png", "4.png"]
    assert capsys.readouterr().err.endswith(f"going on with what is in {out}.partial (photos: 3)\n")
    assert not list(tmp_path.glob("*partial*"))


def test_tables_are_resumed_as_well(many: Path, interrupted, capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "faces.csv"
    interrupted(4, many, "--out", out)
    assert run(["detect", str(many), "--out", str(out), "--resume"]) == 1
    with out.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(Path(row["path"]).name, row["face"]) for row in rows] == [
        ("0.png", "1"),
        ("1.png", "1"),
        ("2.png", ""),
        ("3.png", "1"),
        ("4.png", "1"),
    ]


def test_a_journal_is_not_forgotten(many: Path, interrupted, capsys: Captured, tmp_path: Path) -> None:
    out = tmp_path / "faces.jsonl"
    interrupted(1, many, "--out", out)
    capsys.readouterr()
    assert run(["detect", str(many), "--out", str(out)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(
        f"error: {out}.partial: holds what a run had found that was interrupted (photos: 1); "
    )
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--min-face", "20"], "was begun with --min-face 40, not with --min-face 20"),
        (["--min-score", "0.1"], "was begun with no --min-score, not with --min-score 0.1"),
    ],
)
def test_it_goes_on_with_the_same_options_only(
    many: Path, interrupted, capsys: Captured, tmp_path: Path, options: list[str], words: str
) -> None:
    out = tmp_path / "faces.jsonl"
    interrupted(1, many, "--out", out)
    assert run(["detect", str(many), "--out", str(out), "--resume", *options]) == 2
    assert words in capsys.readouterr().err


def test_new_photos_are_added_to_a_finished_file(
    many: Path, cascade, capsys: Captured, tmp_path: Path
) -> None:
    command = ["detect", str(many), "--out", str(tmp_path / "faces.jsonl"), "--resume"]
    assert run(command) == 1
    (many / "2.png").rename(many / "5.png")
    save(np.zeros((6, 8, 3), np.uint8), many / "5.png")
    cascade.asked.clear()
    assert run(command) == 1
    assert len(cascade.asked) == 1
    assert _paths(tmp_path / "faces.jsonl")[-2:] == ["4.png", "5.png"]


def test_a_photo_that_was_given_twice_is_done_twice(
    many: Path, interrupted, capsys: Captured, tmp_path: Path
) -> None:
    paths = [many / "0.png", many / "1.png", many / "0.png", many / "1.png"]
    out = tmp_path / "faces.jsonl"
    interrupted(1, *paths, "--out", out)
    assert run(["detect", *map(str, paths), "--out", str(out), "--resume"]) == 0
    assert _paths(out) == ["0.png", "1.png", "0.png", "1.png"]


def test_drawings_keep_their_names(interrupted, cascade: object, capsys: Captured, tmp_path: Path) -> None:
    for folder, level in (("one", 0), ("three", 3), ("two", 255)):
        (tmp_path / folder).mkdir()
        save(np.full((6, 7, 3), level, np.uint8), tmp_path / folder / "a.png")
    arguments = [tmp_path / "one", tmp_path / "three", tmp_path / "two"]
    arguments += ["--out", tmp_path / "faces.csv", "--draw", tmp_path / "drawn"]
    assert interrupted(3, *arguments) == 130
    assert run(["detect", *map(str, arguments), "--resume"]) == 0
    assert [read(tmp_path / "drawn" / name).max() for name in ("a.png", "a-2.png", "a-3.png")] == [0, 3, 255]


def test_a_format_whose_package_is_missing_stops_before_any_work(
    many: Path, cascade, capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "smilecascade.export.parquet", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert run(["detect", str(many), "--out", str(tmp_path / "faces.parquet")]) == 2
    assert capsys.readouterr().err == (
        "error: pyarrow is not installed and this command needs it: pip install 'smilecascade[parquet]'\n"
    )
    assert cascade.loaded == []
