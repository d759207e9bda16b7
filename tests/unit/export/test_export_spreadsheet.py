"""CSV: a row a face, and no photo left out."""

import csv
from pathlib import Path

from smilecascade.export import FoundFaces, Outcome, to_json
from smilecascade.export.spreadsheet import COLUMNS, OPTIONAL, write_csv


def _written(outcomes: list[Outcome], path: Path) -> list[dict[str, str]]:
    write_csv([to_json(outcome) for outcome in outcomes], path)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_face_has_a_row_and_so_has_a_photo_without_one(outcomes: list[Outcome], tmp_path: Path) -> None:
    rows = _written(outcomes, tmp_path / "faces.csv")
    assert [(row["path"], row["face"], row["score"]) for row in rows] == [
        ("a.jpg", "1", "0.987654"),
        ("a.jpg", "2", "0.5"),
        ("b.jpg", "", ""),
        ("c, or d.jpg", "", ""),
        ("e.mp4", "1", "1.0"),
    ]
    assert [row["error"] for row in rows] == ["", "", "", "is empty; fetch it again", ""]
    assert [(row["width"], row["height"]) for row in rows[1:4]] == [("640", "480"), ("1", "2"), ("", "")]


def test_boxes_and_points_have_a_column_a_number(outcomes: list[Outcome], tmp_path: Path) -> None:
    plain, pointed, *_ = _written(outcomes, tmp_path / "faces.csv")
    assert [plain[name] for name in ("x1", "y1", "x2", "y2", "nose_x")] == ["1.23", "2.0", "30.5", "41.0", ""]
    assert (pointed["left_eye_x"], pointed["left_eye_y"]) == ("10.0", "15.0")
    assert (pointed["right_mouth_x"], pointed["right_mouth_y"]) == ("50.0", "55.0")


def test_a_video_and_expressions_add_columns(outcomes: list[Outcome], tmp_path: Path) -> None:
    *_, frame = _written(outcomes, tmp_path / "faces.csv")
    added = [
        "track",
        "frame",
        "time_s",
        "expression",
        "smiley",
        "probability_happiness",
        "probability_neutral",
    ]
    assert list(frame) == [*COLUMNS, *added]
    assert [frame[name] for name in added] == ["3", "30", "1.25", "happiness", "😀", "0.9", "0.1"]


def test_every_column_is_described(root: Path) -> None:
    described = (root / "docs" / "results.md").read_text("utf-8")
    assert [name for name in (*COLUMNS, *OPTIONAL) if f"`{name}`" not in described] == []


def test_without_them_the_columns_are_the_same_for_all_photos(
    outcomes: list[Outcome], tmp_path: Path
) -> None:
    for some in ([], outcomes[:1], outcomes[1:3]):
        _written(some, tmp_path / "faces.csv")
        assert (tmp_path / "faces.csv").read_text("utf-8").splitlines()[0] == ",".join(COLUMNS)


def test_a_name_with_a_line_break_or_bytes_that_are_no_text_stays_one_cell(tmp_path: Path) -> None:
    names = ["a\nb.jpg", 'say "x", y.jpg', "latin1-\udcff.jpg"]
    photos = [FoundFaces(path=name, width=1, height=1, faces=()) for name in names]
    rows = _written(photos, tmp_path / "faces.csv")
    assert [row["path"] for row in rows] == [*names[:2], r"latin1-\udcff.jpg"]
