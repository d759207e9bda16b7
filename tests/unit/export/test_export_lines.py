"""JSON lines as they come, and arrays of the same objects."""

import io
import json
from pathlib import Path

import pytest

from smilecascade.export import FoundFaces, Outcome, Unread, json_lines, to_json
from smilecascade.export.lines import parsed, write_array
from smilecascade.records import Face


@pytest.mark.parametrize("count", [0, 1, 4])
def test_lines_and_arrays_hold_the_same_objects(outcomes: list[Outcome], tmp_path: Path, count: int) -> None:
    lines, expected = io.StringIO(), [to_json(outcome) for outcome in outcomes[:count]]
    with json_lines(lines) as write:
        for outcome in outcomes[:count]:
            write(outcome)
    write_array(expected, tmp_path / "array.json")
    assert [json.loads(line) for line in lines.getvalue().splitlines()] == expected
    assert json.loads((tmp_path / "array.json").read_text("utf-8")) == expected


def test_each_line_is_flushed(outcomes: list[Outcome]) -> None:
    raw = io.BytesIO()
    with json_lines(io.TextIOWrapper(raw, "utf-8")) as write:
        write(outcomes[0])
        assert raw.getvalue().endswith(b"}\n")


@pytest.mark.parametrize("wrong", [Face(box=(0, 0, 1, 1), score=float("nan"))])
def test_a_value_that_json_lacks_is_refused(wrong: Face) -> None:
    broken = FoundFaces(path="a.jpg", width=1, height=1, faces=(wrong,))
    with json_lines(io.StringIO()) as write, pytest.raises(ValueError, match="JSON"):
        write(broken)


def test_a_line_is_read_back() -> None:
    stream = io.StringIO()
    with json_lines(stream) as write:
        write(Unread(path="Übung\n😀.jpg", error="x"))
    assert parsed(stream.getvalue().encode()) == {"path": "Übung\n😀.jpg", "error": "x"}


@pytest.mark.parametrize(
    "line",
    [
        b'{"path": "a.jpg"}',
        b'{"path": "a',
        b"\n",
        b"\0\0\n",
        b"\xff\n",
        b"[1]\n",
        b'{"path": 1}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_what_is_no_whole_record_is_none(line: bytes) -> None:
    assert parsed(line) is None
