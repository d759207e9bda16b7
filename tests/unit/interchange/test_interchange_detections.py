import json
from pathlib import Path

import pytest

from smilecascade.datasets.coco import MAX_BYTES
from smilecascade.errors import DatasetError
from smilecascade.export import FoundFaces, to_json
from smilecascade.interchange import detections
from smilecascade.interchange.regions import MarkedPhoto, Region
from smilecascade.records import Face

FACE = Face(box=(10.0, 20.0, 40.5, 60.25), score=0.75, points=((1.0, 2.0),) * 5, track=3)
FOUND = to_json(FoundFaces(path="photos/a.jpg", width=320, height=240, faces=(FACE,)))
PHOTO = MarkedPhoto(
    name="photos/a.jpg", size=(320, 240), regions=(Region(box=(10, 20, 40.5, 60.25), score=0.75),)
)


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return path


def test_what_detect_writes_is_read(tmp_path: Path) -> None:
    assert list(detections.read(lines(tmp_path / "a.jsonl", FOUND))) == [PHOTO]
    (tmp_path / "a.json").write_text(json.dumps([FOUND]))
    assert list(detections.read(tmp_path / "a.json")) == [PHOTO]


def test_a_photo_that_was_not_read_is_none(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", {"path": "b.jpg", "error": "is empty"}, FOUND)
    assert list(detections.read(path)) == [None, PHOTO]


@pytest.mark.parametrize("relative", [True, False])
def test_names_begin_below_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, relative: bool) -> None:
    monkeypatch.chdir(tmp_path)
    path = lines(tmp_path / "a.jsonl", FOUND, FOUND | {"path": str(tmp_path / "photos/below/b.jpg")})
    root = Path("photos") if relative else tmp_path / "photos"
    assert [photo and photo.name for photo in detections.read(path, root=root)] == ["a.jpg", "below/b.jpg"]


def test_a_photo_that_is_not_below_the_root(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", FOUND)
    with pytest.raises(DatasetError, match=r"a\.jsonl:1: expected a photo below .*, got 'photos/a.jpg'"):
        list(detections.read(path, root=tmp_path / "elsewhere"))


def test_labels_are_written_as_certain_detections(tmp_path: Path) -> None:
    photo = MarkedPhoto(name="a.jpg", regions=(Region(box=(1, 2, 3, 4.5)),))
    detections.write([photo], tmp_path / "a.jsonl", root=Path("photos"))
    assert json.loads((tmp_path / "a.jsonl").read_text()) == {
        "path": "photos/a.jpg",
        "faces": [{"box": [1, 2, 3, 4.5], "score": 1, "points": None}],
    }


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([1], r"a\.jsonl:1: expected an object with a path, got \[1\]"),
        ({"path": 3}, "expected an object with a path"),
        ({"path": "a.jpg"}, "expected a list of faces, got None"),
        (FOUND | {"frame": 7}, "expected a photo, got a frame of a video"),
        ({"path": "a.jpg", "faces": [7]}, "expected faces with a box of 4 finite numbers and a score, got 7"),
        ({"path": "a.jpg", "faces": [{"box": [1, 2, 3, 4]}]}, "expected faces with a box"),
        ({"path": "a.jpg", "faces": [{"box": [1, 2, 3], "score": 4}]}, "expected faces with a box"),
        ({"path": "a.jpg", "faces": [{"box": "1234", "score": 1}]}, "expected faces with a box"),
        (
            {"path": "a.jpg", "faces": [{"box": [1, 2, 3, float("inf")], "score": 1}]},
            "expected faces with a box",
        ),
    ],
)
def test_broken_records_are_named(tmp_path: Path, record: object, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        list(detections.read(lines(tmp_path / "a.jsonl", record)))


@pytest.mark.parametrize("text", ["Dear diary", "[" * 100_000, "\x00\xff"])
def test_lines_that_are_no_json_are_named(tmp_path: Path, text: str) -> None:
    path = lines(tmp_path / "a.jsonl", FOUND)
    path.write_bytes(path.read_bytes() + text.encode("latin-1"))
    with pytest.raises(DatasetError, match=r"a\.jsonl:2: is no JSON"):
        list(detections.read(path))


def test_a_file_that_cannot_be_read_whole_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(DatasetError, match="is larger than 256 MB"):
        list(detections.read(path))
