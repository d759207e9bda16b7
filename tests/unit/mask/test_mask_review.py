"""A person's corrections: read, checked and carried out."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smilecascade.errors import MaskError
from smilecascade.mask import Copy, Corrections, Cover, corrected, read_review, require_known
from smilecascade.mask.review import Place
from smilecascade.mask.timeline import Seen, Track

LEFT, RIGHT = Cover(box=(0.0, 0.0, 30.0, 40.0), score=0.9), Cover(box=(100.0, 0.0, 130.0, 40.0), score=0.8)
PHOTO = Copy(source="a.jpg", target="a.jpg", width=200, height=100, settings={}, covers=(LEFT, RIGHT))
TRACKS = tuple(
    Track(number, [Seen(frame=0, time_s=0.0, cover=cover)]) for number, cover in ((1, LEFT), (2, RIGHT))
)
VIDEO = replace(PHOTO, source="b.mp4", covers=(), duration_s=8.0, tracks=TRACKS)


def review(folder: Path, document: Any) -> dict[str, Corrections]:
    path = folder / "review.json"
    path.write_text(json.dumps(document), "utf-8")
    return read_review(path)


def test_a_review_is_read(tmp_path: Path) -> None:
    document = {
        "a.jpg": {"add": [{"box": [1, 2, 3, 4]}], "remove": [{"box": [5, 6, 7, 8]}]},
        "b.mp4": {
            "add": [{"box": [1, 2, 3, 4], "roll": -20, "from_s": 1.5, "to_s": 3}],
            "leave": [{"box": [1, 2, 3, 4], "from_s": 4, "to_s": 4}],
            "remove": [{"track": 3}],
        },
        "c.jpg": {},
    }
    assert review(tmp_path, document) == {
        "a.jpg": Corrections(add=(Place(box=(1, 2, 3, 4)),), remove=((5, 6, 7, 8),)),
        "b.mp4": Corrections(
            add=(Place(box=(1, 2, 3, 4), roll=-20, span_s=(1.5, 3)),),
            leave=(Place(box=(1, 2, 3, 4), span_s=(4, 4)),),
            remove_tracks=(3,),
        ),
        "c.jpg": Corrections(),
    }


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "expected a table of keys, got []"),
        ({"a.jpg": []}, "a.jpg: expected a table of keys, got []"),
        ({"a.jpg": {"adds": []}}, "a.jpg: unknown key 'adds'; expected add, leave, remove"),
        ({"a.jpg": {"add": {}}}, "a.jpg: add: expected a list, got {}"),
        (
            {"a.jpg": {"add": [{"bix": 1}]}},
            "a.jpg: add[0]: unknown key 'bix'; expected box, roll, from_s, to_s",
        ),
        ({"a.jpg": {"add": [{}]}}, "a.jpg: add[0]: box: expected [x1, y1, x2, y2] with x1 < x2"),
        ({"a.jpg": {"add": [{"box": [1, 2, 3]}]}}, "add[0]: box: expected [x1, y1, x2, y2]"),
        ({"a.jpg": {"add": [{"box": [1, 2, 3, 4, 5]}]}}, "add[0]: box: expected [x1, y1, x2, y2]"),
        ({"a.jpg": {"add": [{"box": [1, 2, 1, 4]}]}}, "got [1, 2, 1, 4]"),
        ({"a.jpg": {"add": [{"box": [1, 2, "3", 4]}]}}, "got [1, 2, '3', 4]"),
        ({"a.jpg": {"leave": [{"box": [1, 2, 3, True]}]}}, "leave[0]: box"),
        ({"a.jpg": {"add": [{"box": [1, 2, 3, 4], "roll": "x"}]}}, "roll: expected a number, got 'x'"),
        ({"b.mp4": {"add": [{"box": [1, 2, 3, 4], "from_s": 1}]}}, "to_s: expected a number, got None"),
        ({"b.mp4": {"add": [{"box": [1, 2, 3, 4], "from_s": 3, "to_s": 1}]}}, "expected 0 <= from_s <= to_s"),
        ({"b.mp4": {"remove": [{"track": "one"}]}}, "remove[0]: track: expected a number, got 'one'"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_place(tmp_path: Path, document: Any, words: str) -> None:
    with pytest.raises(MaskError) as caught:
        review(tmp_path, document)
    assert words in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "review.json"))


def test_a_file_that_is_none_or_no_json(tmp_path: Path) -> None:
    with pytest.raises(MaskError, match="cannot be read"):
        read_review(tmp_path / "none.json")
    (tmp_path / "review.json").write_text("{", "utf-8")
    with pytest.raises(MaskError, match="is not JSON"):
        read_review(tmp_path / "review.json")


def test_a_photo_that_is_not_masked_is_told() -> None:
    require_known({"a.jpg": Corrections()}, ["a.jpg", "b.jpg"])
    with pytest.raises(MaskError, match=r"speaks of photos/b.jpg, .*; the nearest one is b.jpg"):
        require_known({"photos/b.jpg": Corrections()}, ["a.jpg", "b.jpg"])


def test_covers_are_added_and_taken_away() -> None:
    added = Place(box=(60.0, 60.0, 80.0, 90.0), roll=15.0)
    copy = corrected(PHOTO, Corrections(add=(added,), remove=((2.0, 1.0, 31.0, 42.0),)))
    assert copy.covers == (RIGHT, Cover(box=added.box, roll=15.0))
    assert copy.shown == (LEFT,)
    assert corrected(copy, Corrections(remove=(added.box,))).covers == (RIGHT,)


def test_places_may_be_left_as_they_are() -> None:
    copy = corrected(PHOTO, Corrections(leave=(Place(box=(60.0, 60.0, 80.0, 90.0)),)))
    assert copy.covers == PHOTO.covers
    assert copy.shown == (Cover(box=(60.0, 60.0, 80.0, 90.0)),)


def test_tracks_are_added_and_taken_away() -> None:
    place = Place(box=(60.0, 60.0, 80.0, 90.0), span_s=(1.5, 3.0))
    copy = corrected(VIDEO, Corrections(add=(place,), leave=(place,), remove_tracks=(1,)))
    assert [track.number for track in copy.tracks] == [2, 3]
    assert [track.number for track in copy.shown_tracks] == [1, 4]
    assert copy.tracks[1].span_s == (1.5, 3.0)
    assert copy.tracks[1].at(2.0).box == pytest.approx(place.box)


def test_no_corrections_change_nothing() -> None:
    assert corrected(PHOTO, Corrections()) == PHOTO
    assert corrected(VIDEO, Corrections()) == VIDEO


@pytest.mark.parametrize(
    ("copy", "corrections", "words"),
    [
        (
            PHOTO,
            Corrections(remove=((50.0, 0.0, 80.0, 40.0),)),
            "a.jpg: the review removes .*, where no cover lies",
        ),
        (replace(PHOTO, covers=()), Corrections(remove=((0.0, 0.0, 9.0, 9.0),)), "where no cover lies"),
        (
            PHOTO,
            Corrections(add=(Place(box=(0, 0, 9, 9), span_s=(1, 2)),)),
            "gives times to a box in a photo",
        ),
        (
            VIDEO,
            Corrections(add=(Place(box=(0, 0, 9, 9)),)),
            "b.mp4: .* names a box in a video; say from_s and to_s",
        ),
        (VIDEO, Corrections(remove_tracks=(7,)), r"removes track 7, which it has not \(it has: 1, 2\)"),
        (PHOTO, Corrections(remove_tracks=(7,)), r"which it has not \(it has: none\)"),
    ],
)
def test_corrections_of_what_is_not_there(copy: Copy, corrections: Corrections, words: str) -> None:
    with pytest.raises(MaskError, match=words):
        corrected(copy, corrections)
