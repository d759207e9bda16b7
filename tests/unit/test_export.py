"""What is found, as JSON: values, lines, arrays, and files that are only ever whole."""

import io
import json
from contextlib import suppress
from pathlib import Path

import pytest

from smilecascade.export import FoundFaces, Unread, json_array, json_lines, open_export, to_json
from smilecascade.records import Face

FACE = Face(box=(1.23456, 2.0, 30.5, 40.999), score=0.98765432)
FOUND = FoundFaces(path="a.jpg", width=640, height=480, faces=(FACE,))
EMPTY = FoundFaces(path="b.jpg", width=1, height=1, faces=())
UNREAD = Unread(path="c.jpg", error="is empty")


def test_a_photo_with_a_face_is_its_path_size_and_rounded_faces() -> None:
    assert to_json(FOUND) == {
        "path": "a.jpg",
        "width": 640,
        "height": 480,
        "faces": [{"box": [1.23, 2.0, 30.5, 41.0], "score": 0.987654, "points": None}],
    }


def test_points_are_five_pairs() -> None:
    points = tuple((i + 0.125, 2.0 * i) for i in range(5))
    face = Face(box=(0, 0, 9, 9), score=1.0, points=points)
    found = to_json(FoundFaces(path="a.jpg", width=9, height=9, faces=(face,)))["faces"][0]
    assert found["points"] == [[0.12, 0.0], [1.12, 2.0], [2.12, 4.0], [3.12, 6.0], [4.12, 8.0]]


def test_a_photo_without_faces_has_an_empty_list() -> None:
    assert to_json(EMPTY)["faces"] == []


def test_an_unread_photo_is_its_path_and_the_error() -> None:
    assert to_json(UNREAD) == {"path": "c.jpg", "error": "is empty"}


@pytest.mark.parametrize("outcomes", [[], [FOUND], [FOUND, EMPTY, UNREAD]])
def test_lines_and_arrays_hold_the_same_objects(outcomes: list[FoundFaces | Unread]) -> None:
    lines, array = io.StringIO(), io.StringIO()
    with json_lines(lines) as write_line, json_array(array) as write_item:
        for outcome in outcomes:
            write_line(outcome)
            write_item(outcome)
    expected = [to_json(outcome) for outcome in outcomes]
    assert [json.loads(line) for line in lines.getvalue().splitlines()] == expected
    assert json.loads(array.getvalue()) == expected


def test_each_line_is_flushed() -> None:
    raw = io.BytesIO()
    with json_lines(io.TextIOWrapper(raw, "utf-8")) as write:
        write(FOUND)
        assert raw.getvalue().endswith(b"}\n")


@pytest.mark.parametrize(
    "name", ["Übung 😀.jpg", 'quote" and \\.jpg', "line\nbreak.jpg", "latin1-\udcff.jpg"]
)
@pytest.mark.parametrize("suffix", [".jsonl", ".JSON"])
def test_any_path_comes_back_from_a_file(tmp_path: Path, name: str, suffix: str) -> None:
    with open_export(tmp_path / f"faces{suffix}") as write:
        write(Unread(path=name, error="x"))
    (read_back,) = [json.loads((tmp_path / f"faces{suffix}").read_text("utf-8"))]
    assert (read_back if suffix == ".jsonl" else read_back[0])["path"] == name


def test_a_file_is_put_in_its_place_when_it_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "faces.jsonl"
    out.write_text("old\n")
    with open_export(out) as write:
        write(FOUND)
        assert out.read_text() == "old\n"
    assert json.loads(out.read_text()) == to_json(FOUND)
    assert list(tmp_path.iterdir()) == [out]


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    out = tmp_path / "faces.json"
    out.write_text("old\n")
    with suppress(KeyboardInterrupt), open_export(out) as write:
        write(FOUND)
        raise KeyboardInterrupt
    assert out.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [out]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    link.symlink_to(target)
    with open_export(link) as write:
        write(EMPTY)
    assert link.is_symlink()
    assert json.loads(target.read_text()) == to_json(EMPTY)


def test_a_value_that_json_lacks_is_refused() -> None:
    broken = FoundFaces(path="a.jpg", width=1, height=1, faces=(Face(box=(0, 0, 1, 1), score=float("nan")),))
    with json_lines(io.StringIO()) as write, pytest.raises(ValueError, match="JSON"):
        write(broken)
