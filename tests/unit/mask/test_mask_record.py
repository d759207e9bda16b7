"""The record of what was covered, kept on disk."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from smilecascade.errors import MaskError
from smilecascade.express import Expression
from smilecascade.mask import Copy, Cover, Record
from smilecascade.mask.timeline import Seen, Track

COVERS = (
    Cover(box=(1.0, 2.0, 31.25, 42.0), roll=-3.5, score=0.9876, expression=Expression.of(anger=0.25)),
    Cover(box=(50.0, 2.0, 80.0, 42.0)),
)
PHOTO = Copy(
    source="photos/a.jpg",
    target="a.jpg",
    width=640,
    height=480,
    settings={"with": "smiley", "min_face": 20},
    covers=COVERS,
    shown=(Cover(box=(5.0, 5.0, 9.0, 9.0), score=0.8),),
)
TRACK = Track(3, [Seen(frame=n, time_s=n / 25, cover=COVERS[0]) for n in range(3)])
ADDED = Track(4, [Seen(frame=None, time_s=2.0, cover=COVERS[1])], hold_s=0)
VIDEO = replace(
    PHOTO, source="b.mov", target="b.mov", duration_s=9.5, covers=(), shown=(), tracks=(TRACK, ADDED)
)


def test_what_was_noted_is_read_again(tmp_path: Path) -> None:
    record = Record(tmp_path / "out.record.json")
    record.add(PHOTO)
    record.add(VIDEO)
    record.save()
    again = Record(tmp_path / "out.record.json")
    assert again.of("a.jpg", Path("photos/a.jpg")) == PHOTO
    video = again.of("b.mov", Path("b.mov"))
    assert (video.duration_s, [track.number for track in video.tracks]) == (9.5, [3, 4])
    for before, after in zip(VIDEO.tracks, video.tracks, strict=True):
        assert (after.seen, after.span_s) == (before.seen, before.span_s)


def test_the_document_says_what_where_and_when(tmp_path: Path) -> None:
    record = Record(tmp_path / "out.record.json")
    record.add(VIDEO)
    record.add(PHOTO)
    record.save()
    photo, video = json.loads((tmp_path / "out.record.json").read_text("utf-8"))["copies"]
    assert photo["covers"][0] == {
        "box": [1, 2, 31.25, 42],
        "roll": -3.5,
        "score": 0.9876,
        "expression": {"neutral": 0.75, "anger": 0.25},
    }
    assert photo["covers"][1]["score"] is None
    first = video["tracks"][0]
    assert (first["track"], first["from_s"], first["to_s"]) == (3, 0, 0.58)
    assert first["seen"][2]["frame"] == 2


def test_a_copy_of_another_source_is_not_the_same(tmp_path: Path) -> None:
    record = Record(tmp_path / "out.record.json")
    record.add(PHOTO)
    assert record.of("a.jpg", Path("others/a.jpg")) is None
    assert record.of("b.jpg", Path("photos/a.jpg")) is None


def test_the_later_copy_of_a_name_counts(tmp_path: Path) -> None:
    record = Record(tmp_path / "out.record.json")
    record.add(PHOTO)
    record.add(replace(PHOTO, covers=()))
    record.save()
    assert Record(record.path).of("a.jpg", Path("photos/a.jpg")).covers == ()


def test_a_record_is_on_disk_after_each_copy(tmp_path: Path) -> None:
    record = Record(tmp_path / "out.record.json")
    record.add(PHOTO)
    assert Record(record.path).of("a.jpg", Path("photos/a.jpg")) == PHOTO


def test_without_copies_nothing_is_written(tmp_path: Path) -> None:
    Record(tmp_path / "out.record.json").save()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "is no record of masking"),
        ("[]", "is no record of masking"),
        ("{}", "is no record of masking"),
        ('{"format": 1, "copies": [{"source": "a.jpg"}]}', "is no record of masking"),
        ('{"format": 2, "copies": []}', "is a record of format 2, expected 1"),
    ],
)
def test_a_file_that_is_no_record_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "out.record.json"
    path.write_text(text, "utf-8")
    with pytest.raises(MaskError, match=f"{path}: {words}; move it away, or give --out another folder"):
        Record(path)


def test_a_way_of_covering_that_is_none_is_refused(tmp_path: Path) -> None:
    record = Record(tmp_path / "out.record.json")
    record.add(PHOTO)
    text = record.path.read_text("utf-8").replace('"smiley"', '"glitter"')
    record.path.write_text(text, "utf-8")
    with pytest.raises(MaskError, match="is no record of masking"):
        Record(record.path)
