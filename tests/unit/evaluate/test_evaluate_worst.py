import csv
from pathlib import Path

import numpy as np
import pytest

from smilecascade.draw.contact import COLUMNS
from smilecascade.evaluate import worst
from smilecascade.evaluate.measure import Found
from smilecascade.evaluate.worst import mistakes, write_sheets
from smilecascade.images import read, save
from smilecascade.records import AnnotatedPhoto, FaceLabel, OriginalLabel

BOX = OriginalLabel(kind="box", values=(0, 0, 1, 1))


def label(x: float, side: float) -> FaceLabel:
    return FaceLabel(square=(x, 10, x + side, 10 + side), original=BOX)


@pytest.fixture
def photos(tmp_path: Path) -> list[AnnotatedPhoto]:
    """Three photos on disk: one with faces of 30 and 50, one with a face of 40, one without."""
    made = []
    faces = {"a.png": (label(10, 30), label(100, 50)), "b.png": (label(60, 40),), "c.png": ()}
    for name, labels in faces.items():
        save(np.full((80, 200, 3), 90, np.uint8), tmp_path / name)
        made.append(AnnotatedPhoto(path=tmp_path / name, name=name, faces=labels))
    return made


def found(*faces: tuple[float, float, float]) -> Found:
    """Detections of x, side and score."""
    return Found(
        boxes=np.array([(x, 10, x + side, 10 + side) for x, side, _ in faces], np.float32).reshape(-1, 4),
        scores=np.array([score for *_, score in faces], np.float32),
    )


def wrong(photos: list[AnnotatedPhoto], *hits: Found, least_score: float = 0.5) -> worst.Mistakes:
    return mistakes(photos, hits, min_face=20, least_score=least_score)


def test_missed_faces_come_largest_first_with_what_was_not_sure_enough(photos: list[AnnotatedPhoto]) -> None:
    missed = wrong(photos, found((10, 30, 0.4)), found((60, 40, 0.9)), found()).missed
    assert [(one.photo.name, one.side, round(one.score, 3)) for one in missed] == [
        ("a.png", 50, 0),
        ("a.png", 30, 0.4),
    ]


def test_false_alarms_come_surest_first(photos: list[AnnotatedPhoto]) -> None:
    hits = found((10, 30, 0.9), (100, 50, 0.9)), found((60, 40, 0.9), (150, 30, 0.6)), found((0, 30, 0.8))
    alarms = wrong(photos, *hits).false_alarms
    assert [(one.photo.name, round(one.score, 2)) for one in alarms] == [("c.png", 0.8), ("b.png", 0.6)]
    assert alarms[0].square == pytest.approx((0, 10, 30, 40))


def test_what_is_not_sure_enough_is_no_false_alarm(photos: list[AnnotatedPhoto]) -> None:
    hits = found((10, 30, 0.9), (100, 50, 0.9)), found((60, 40, 0.9)), found((0, 30, 0.4))
    told = wrong(photos, *hits)
    assert (told.missed, told.false_alarms) == ([], [])


def test_sheets_and_a_table_are_written(photos: list[AnnotatedPhoto], tmp_path: Path) -> None:
    told = wrong(photos, found((10, 30, 0.4)), found((60, 40, 0.9)), found((0, 30, 0.8)))
    folder = tmp_path / "worst"
    folder.mkdir()
    write_sheets(folder, told)
    names = {"missed-1.jpg", "false-alarms-1.jpg", "mistakes.csv"}
    assert {path.name for path in folder.iterdir()} == names
    assert read(folder / "missed-1.jpg").shape[1] == 2 * read(folder / "false-alarms-1.jpg").shape[1]
    with (folder / "mistakes.csv").open() as stream:
        rows = [(row["mistake"], Path(row["photo"]).name, row["score"]) for row in csv.DictReader(stream)]
    assert rows == [
        ("missed", "a.png", "0.0000"),
        ("missed", "a.png", "0.4000"),
        ("false-alarms", "c.png", "0.8000"),
    ]


def test_many_mistakes_fill_several_sheets_and_old_ones_go(
    photos: list[AnnotatedPhoto], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worst, "ON_A_SHEET", COLUMNS)
    monkeypatch.setattr(worst, "MOST_SHEETS", 2)
    folder = tmp_path / "worst"
    folder.mkdir()
    (folder / "notes-1.jpg").touch()
    nothing = [found()] * 3

    def sheets() -> list[str]:
        return sorted(path.name for path in folder.glob("*.jpg"))

    many = [photos[0]] * (2 * COLUMNS)
    write_sheets(folder, wrong(many, *[found()] * len(many)))
    assert sheets() == ["missed-1.jpg", "missed-2.jpg", "notes-1.jpg"]
    write_sheets(folder, wrong(photos, *nothing))
    assert sheets() == ["missed-1.jpg", "notes-1.jpg"]
    write_sheets(folder, wrong(photos[2:], found()))
    assert sheets() == ["notes-1.jpg"]
