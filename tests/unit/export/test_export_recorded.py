"""What a file of lines says of the work that is done, whatever a kill has left of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from smilecascade.export.recorded import Records, recorded

PHOTO = {"path": "a.jpg", "width": 1, "height": 1, "faces": []}
UNREAD = {"path": "b.jpg", "error": "is empty"}


def _frames(count: int, path: str = "v.mp4") -> list[dict[str, Any]]:
    return [{"path": path, "frame": frame, "time_s": frame / 25, "faces": []} for frame in range(count)]


@pytest.fixture
def lines(tmp_path: Path):
    """A file of these records and of what follows them."""

    def write(*records: dict[str, Any], then: bytes = b"") -> Path:
        path = tmp_path / "faces.jsonl"
        path.write_bytes(b"".join(json.dumps(record).encode() + b"\n" for record in records) + then)
        return path

    return write


def test_nothing_is_nothing(lines) -> None:
    found = recorded(lines())
    assert (len(found), found.unread, found.length) == (0, 0, 0)


def test_photos_and_those_that_were_not_read_are_done(lines) -> None:
    path = lines(PHOTO, UNREAD, PHOTO)
    found = recorded(path)
    assert found.done == {"a.jpg": 2, "b.jpg": 1}
    assert (len(found), found.unread, found.length) == (3, 1, path.stat().st_size)


@pytest.mark.parametrize("then", [b'{"path": "c.j', b"\0" * 4096, b'{"path": "c.jpg"}', b"\xff\xfe\n{}\n"])
def test_what_follows_the_last_whole_line_is_not_done(lines, then: bytes) -> None:
    whole = lines(PHOTO, UNREAD).stat().st_size
    path = lines(PHOTO, UNREAD, then=then)
    assert recorded(path).length == whole
    assert list(Records(path)) == [PHOTO, UNREAD]


def test_a_video_at_the_end_is_not_finished(lines) -> None:
    before = lines(PHOTO).stat().st_size
    found = recorded(lines(PHOTO, *_frames(3)))
    assert (found.done["v.mp4"], found.length, len(found)) == (0, before, 1)


@pytest.mark.parametrize(
    "after",
    [[PHOTO], _frames(1, "w.mp4"), [{"path": "v.mp4", "error": "breaks off"}]],
    ids=["photo", "video", "error"],
)
def test_a_video_is_finished_by_what_follows_it(lines, after: list[dict[str, Any]]) -> None:
    assert recorded(lines(*_frames(3), *after)).done["v.mp4"] == 1


def test_a_video_that_was_given_twice_is_begun_twice(lines) -> None:
    path = lines(*_frames(3), *_frames(2))
    assert recorded(path).done["v.mp4"] == 1
    assert recorded(path, whole=True).done["v.mp4"] == 2


def test_a_video_at_the_end_of_a_finished_file_is_finished(lines) -> None:
    path = lines(PHOTO, *_frames(3))
    found = recorded(path, whole=True)
    assert (found.done["v.mp4"], found.length) == (1, path.stat().st_size)
