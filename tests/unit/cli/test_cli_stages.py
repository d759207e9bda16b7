"""``smilecascade stages`` with a cascade that needs no weights: picture, words, labels, errors."""

import re
from pathlib import Path

import pytest

from smilecascade.cli import run
from smilecascade.images import read

Captured = pytest.CaptureFixture[str]


def _stages(photos: Path, *options: object) -> int:
    return run(["stages", str(photos / "a.png"), *map(str, options)])


def _error(capsys: Captured) -> str:
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


def test_what_every_step_did_is_printed(
    photos: Path, cascade: object, capsys: Captured, tmp_path: Path
) -> None:
    assert _stages(photos, "--out", tmp_path / "steps.png") == 0
    out, err = capsys.readouterr()
    assert [re.split(" {2,}", line) for line in out.splitlines()] == [
        ["level 1: classified", "1 of 1,200 windows", "2.5 ms"],
        ["filtered over everything", "1 of 1 window", "0.04 ms"],
        ["altogether", "1 of 1,200 windows", "2.5 ms"],
    ]
    assert len({len(line) for line in out.splitlines()}) == 1, "columns are aligned"
    assert err == ""


@pytest.mark.parametrize("name", ["steps.png", "steps.JPG", "steps.jpeg", "steps.webp"])
def test_the_picture_is_written(
    photos: Path, cascade: object, capsys: Captured, tmp_path: Path, name: str
) -> None:
    assert _stages(photos, "--out", tmp_path / name) == 0
    assert min(read(tmp_path / name).shape[:2]) > 500


def test_options_reach_the_cascade(photos: Path, cascade, capsys: Captured, tmp_path: Path) -> None:
    options = ["--min-face", "24.5", "--min-score", "0.25", "--bundle", "weights"]
    assert _stages(photos, "--out", tmp_path / "steps.png", *options) == 0
    assert cascade.loaded == [(Path("weights"), 1)]
    assert set(cascade.asked) == {((6, 8, 3), 24.5, 0.25)}


def test_times_are_those_of_the_quickest_run_on_one_core(
    photos: Path, cascade, capsys: Captured, tmp_path: Path
) -> None:
    cascade.elapsed_s = iter([0.009, 0.002, 0.003])
    assert _stages(photos, "--out", tmp_path / "steps.png") == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("  2.0 ms")
    assert cascade.loaded == [(None, 1)]
    assert cascade.asked == [((6, 8, 3), 40, None)] * 3


def test_true_faces_are_drawn_in_white(
    photos: Path, cascade: object, capsys: Captured, tmp_path: Path
) -> None:
    labels, out = tmp_path / "faces.txt", tmp_path / "steps.png"

    def white(text: str) -> int:
        labels.write_text(text)
        assert _stages(photos, "--labels", labels, "--out", out) == 0
        return int((read(out) == 255).all(axis=2).sum())

    assert white("") == white("\n \n") == 0
    assert 0 < white("5 1 7 3\n") < white("5 1 7 3\n\n1.5 3.5 4 5e0")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("1 2 3", "'1 2 3'"),
        ("1 2 3 4 5", "'1 2 3 4 5'"),
        ("1,2,3,4", "'1,2,3,4'"),
        ("a 2 3 4", "'a 2 3 4'"),
        ("3 2 3 4", "'3 2 3 4'"),
        ("1 4 3 2", "'1 4 3 2'"),
        ("1 2 nan 4", "'1 2 nan 4'"),
        ("1 2 3 inf", "'1 2 3 inf'"),
        ("x" * 500, f"'{'x' * 40}…'"),
    ],
)
def test_a_line_that_is_no_box_is_named_and_no_work_done(
    photos: Path, cascade, capsys: Captured, tmp_path: Path, line: str, shown: str
) -> None:
    labels = tmp_path / "faces.txt"
    labels.write_text(f"1 2 3 4\n\n{line}\n")
    assert _stages(photos, "--labels", labels, "--out", tmp_path / "steps.png") == 2
    wanted = f"{labels}, line 3: expected x1 y1 x2 y2 with x1 < x2 and y1 < y2, got {shown}."
    assert f"Invalid value for '--labels': {wanted}" in _error(capsys)
    assert cascade.loaded == []


def test_a_photo_given_as_labels_is_one_line(photos: Path, cascade: object, capsys: Captured) -> None:
    assert _stages(photos, "--labels", photos / "a.png", "--out", photos / "steps.png") == 2
    error = _error(capsys)
    assert "a.png, line 1: expected x1 y1 x2 y2" in error
    assert len(error) < 500 + len(str(photos))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "Missing option '--out'"),
        (["--out", "steps.gif"], "steps.gif: give a name that ends in .jpg or .jpeg or .png or .webp."),
        (["--out", "steps"], "steps: give a name that ends in"),
        (["--out", "steps.png", "--labels", "missing.txt"], "File 'missing.txt' does not exist"),
        (["--out", "steps.png", "--min-face", "7"], "'--min-face': 7.0 is not in the range x>=8"),
        (["--out", "steps.png", "--min-score", "nan"], "'--min-score': 'nan' is not a number"),
        (["--out", "missing/steps.png"], "its folder does not exist; create missing first"),
    ],
)
def test_wrong_usage_is_one_line_and_no_work(
    photos: Path,
    cascade,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(photos)
    assert _stages(photos, *options) == 2
    assert words in _error(capsys)
    assert cascade.loaded == []


def test_the_photo_is_never_replaced(photos: Path, cascade, capsys: Captured) -> None:
    (photos / "link.png").symlink_to(photos / "a.png")
    assert _stages(photos, "--out", photos / "link.png") == 2
    assert "link.png: is the photo, which the picture would replace; give --out another" in _error(capsys)
    assert (cascade.loaded, read(photos / "a.png").shape) == ([], (6, 8, 3))


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.jpg", "there is no such file"), ("notes.jpg", "is not a photo"), ("below", "is a folder")],
)
def test_what_is_no_photo_is_one_line_and_no_picture(
    photos: Path, cascade: object, capsys: Captured, name: str, words: str
) -> None:
    (photos / "notes.jpg").write_text("Dear diary,\n")
    assert run(["stages", str(photos / name), "--out", str(photos / "steps.png")]) == 2
    assert words in _error(capsys)
    assert not (photos / "steps.png").exists()
