"""The table: aligned, a line a face, and its path column of a bounded width."""

import io

from smilecascade.cli.sightings import MOST_FACES
from smilecascade.cli.table import WIDEST_PATH, table
from smilecascade.export import FoundFaces, FoundFrame, Outcome, Unread
from smilecascade.records import Face


def _printed(*outcomes: Outcome) -> list[str]:
    stream = io.StringIO()
    with table(stream, [outcome.path for outcome in outcomes]) as write:
        for outcome in outcomes:
            write(outcome)
    return stream.getvalue().splitlines()


def _found(path: str, faces: int) -> FoundFaces:
    face = Face(box=(-1.4, 2.5, 1000.0, 20000.6), score=1.0)
    return FoundFaces(path=path, width=10000, height=20000, faces=(face,) * faces)


def test_columns_are_aligned() -> None:
    title, *rows, count = _printed(_found("a.jpg", 2), _found("longer.jpg", 1))
    assert len({len(line) for line in (title, *rows)}) == 1
    assert rows[0].startswith("a.jpg       10000x20000      2  1.000      -1      2   1000  20001")
    assert rows[1].startswith(" " * len("longer.jpg"))
    assert count == "3 faces in 2 photos"


def test_no_photos_print_nothing() -> None:
    assert _printed() == []


def test_a_long_path_is_never_cut() -> None:
    path = "x" * (WIDEST_PATH + 50)
    title, row, *_ = _printed(_found(path, 0))
    assert title.startswith("photo" + " " * (WIDEST_PATH - 5))
    assert row.startswith(path)


def test_a_path_with_a_line_break_stays_on_its_line() -> None:
    assert _printed(Unread(path="a\nb.jpg", error="x"))[1].startswith(r"a\nb.jpg")


def _frame(path: str, number: int, *tracks: int | None) -> FoundFrame:
    faces = tuple(Face(box=(0, 0, 9, 9), score=0.9 + number / 1000, track=track) for track in tracks)
    return FoundFrame(path=path, frame=number, time_s=number / 25, faces=faces)


def test_a_video_is_a_line_and_one_for_each_of_its_faces() -> None:
    frames = [
        _frame("a.mp4", 0, 1),
        _frame("a.mp4", 1, 1, 2, None),
        _frame("a.mp4", 2),
        _frame("a.mp4", 30, 2),
    ]
    title, video, *faces, count = _printed(*frames)
    assert title.split()[:3] == ["photo", "size", "faces"]
    assert video.split() == ["a.mp4", "4", "frames", "2"]
    assert faces == [
        "  #1      0:00.0 to   0:00.0  in 2 frames  score 0.901",
        "  #2      0:00.0 to   0:01.2  in 2 frames  score 0.930",
    ]
    assert count == "2 faces in 1 video"


def test_photos_and_videos_are_told_apart() -> None:
    photo, video = _found("b.jpg", 1), _frame("a.mp4", 0, 1)
    assert _printed(video, photo)[-1] == "2 faces in 1 photo and 1 video"
    lines = [line.split()[0] for line in _printed(video, photo, video, _frame("c.mp4", 0))]
    assert lines == ["photo", "a.mp4", "#1", "b.jpg", "a.mp4", "#1", "c.mp4", "3"]


def test_a_video_that_is_given_twice_is_two() -> None:
    assert _printed(*[_frame("a.mp4", number, 1) for number in (0, 1, 0, 1)])[-1] == "2 faces in 2 videos"


def test_a_video_that_breaks_off_says_so() -> None:
    lines = _printed(_frame("a.mp4", 0), Unread(path="a.mp4", error="x"), Unread(path="b.mp4", error="x"))
    assert [line.split() for line in lines[1:3]] == [
        ["a.mp4", "1", "frame", "0"],
        ["a.mp4", "not", "all", "read"],
    ]
    assert lines[3].split() == ["b.mp4", "not", "read"]
    assert lines[4] == "0 faces in 1 video; 2 could not be read"


def test_of_many_faces_those_that_were_seen_longest_are_told() -> None:
    frames = [_frame("a.mp4", number, *range(1, 31 - number)) for number in range(20)]
    _, _, *faces, _ = _printed(*frames)
    assert [line.split()[0] for line in faces[:-1]] == [f"#{number}" for number in range(1, MOST_FACES + 1)]
    assert faces[-1] == "  and 10 more, each in fewer frames"
