"""The table: aligned, a line a face, and its path column of a bounded width."""

import io

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


def test_frames_have_their_number_and_are_counted_as_frames() -> None:
    frame = FoundFrame(path="a.mp4", frame=30, time_s=1.2, faces=(Face(box=(0, 0, 9, 9), score=1.0),))
    _, row, count = _printed(frame)
    assert row.split()[:4] == ["a.mp4", "frame", "30", "1"]
    assert count == "1 face in 1 frame"
    assert _printed(frame, _found("b.jpg", 1))[-1] == "2 faces in 1 photo and 1 frame"
