from pathlib import Path

import pytest

from smilecascade.datasets.labels import SMALLEST_SIDE, existing_photo, face_label
from smilecascade.datasets.lines import Line, Lines, Place, read_rows
from smilecascade.errors import DatasetError
from smilecascade.records import OriginalLabel


def written(folder: Path, text: str) -> Path:
    path = folder / "labels.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_blank_lines_are_passed_over_but_counted(tmp_path: Path) -> None:
    lines = list(Lines(written(tmp_path, "\none \n\n  two\n")))
    assert [(line.number, line.text) for line in lines] == [(2, "one"), (4, "two")]


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    lines = Lines(written(tmp_path, ""))
    assert lines.peek() is None
    assert list(lines) == []


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n")
    assert [(line.number, line.text) for line in Lines(path)] == [(1, "one"), (2, "two")]


def test_peek_leaves_the_line_where_it_is(tmp_path: Path) -> None:
    lines = Lines(written(tmp_path, "one\ntwo"))
    assert lines.peek() == next(lines)
    assert next(lines).text == "two"


def test_take_at_the_end_names_the_line_after_the_last(tmp_path: Path) -> None:
    path = written(tmp_path, "one\n")
    lines = Lines(path)
    next(lines)
    with pytest.raises(DatasetError) as error:
        lines.take("the number of faces")
    assert str(error.value) == f"{path}:2: expected the number of faces, got the end of the file"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"gone\.txt: cannot be read \(No such file or directory\); give"):
        Lines(tmp_path / "gone.txt")


def test_a_file_of_bytes_is_no_label_file(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes(b"one\n\xff\xd8\xff")
    with pytest.raises(DatasetError, match=r"is not UTF-8 text \(byte 4\)"):
        Lines(path)


def test_a_file_name_may_hold_spaces() -> None:
    name, values = Line(Path("x"), 1, "my photo.jpg 1 2.5e+00").named_numbers(2, "a name and 2 numbers")
    assert (name, values) == ("my photo.jpg", (1.0, 2.5))


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("1 2", "2 words: '1 2'"),
        ("1 2 3 4", "4 words: '1 2 3 4'"),
        ("1 two 3", "'two'"),
        ("1 nan 3", "'nan'"),
    ],
)
def test_broken_numbers_say_what_came(text: str, got: str) -> None:
    with pytest.raises(DatasetError) as error:
        Line(Path("a.txt"), 7, text).numbers(3, "3 numbers")
    assert str(error.value) == f"a.txt:7: expected 3 numbers, got {got}"


@pytest.mark.parametrize("text", ["-1", "1.5", "a.jpg", "1 2", "9" * 5000])
def test_a_count_is_a_whole_number(text: str) -> None:
    with pytest.raises(DatasetError, match=r"a\.txt:3: expected how many, got"):
        Line(Path("a.txt"), 3, text).count("how many")


def test_rows_know_their_line_and_their_columns(tmp_path: Path) -> None:
    (row,) = read_rows(written(tmp_path, "b,a,c\n\n1,2,\n"), ("a", "b"))
    assert (row.number, row.number_at("a"), row.number_at("b")) == (3, 2.0, 1.0)


@pytest.mark.parametrize("cells", [",", "nan,NaN", " , "])
def test_columns_without_numbers_are_absent(tmp_path: Path, cells: str) -> None:
    (row,) = read_rows(written(tmp_path, f"a,b\n{cells}\n"), ("a", "b"))
    assert row.numbers_at(("a", "b")) is None


def test_a_column_that_is_half_absent_is_broken(tmp_path: Path) -> None:
    (row,) = read_rows(written(tmp_path, "a,b\n1,\n"), ("a", "b"))
    with pytest.raises(DatasetError, match=r"labels\.txt:2: expected a number in column 'b', got ''"):
        row.numbers_at(("a", "b"))


def test_a_table_without_rows_gives_nothing(tmp_path: Path) -> None:
    assert list(read_rows(written(tmp_path, "a,b\n"), ("a",))) == []


@pytest.mark.parametrize(("text", "got"), [("a,c\n1,2\n", "a,c"), ("", "nothing")])
def test_a_missing_column_is_named(tmp_path: Path, text: str, got: str) -> None:
    with pytest.raises(DatasetError, match=rf":1: expected a header with the column 'b', got {got}$"):
        list(read_rows(written(tmp_path, text), ("b", "a")))


def test_a_short_row_is_broken(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r":3: expected 2 cells, got 1: '3'"):
        list(read_rows(written(tmp_path, "a,b\n1,2\n3\n"), ("a", "b")))


@pytest.mark.parametrize("square", [None, (5.0, 5.0, 5.0, 5.0)])
def test_a_face_has_a_size(square: tuple[float, float, float, float] | None) -> None:
    original = OriginalLabel(kind="box", values=(1, 2, 1, 4))
    with pytest.raises(DatasetError) as error:
        face_label(Place(Path("a.txt"), 4), square, original)
    assert str(error.value) == "a.txt:4: expected a face of positive size, got 1 2 1 4"


@pytest.mark.parametrize(("side", "role"), [(SMALLEST_SIDE, "face"), (SMALLEST_SIDE - 0.5, "ignore")])
def test_tiny_faces_are_ignored(side: float, role: str) -> None:
    original = OriginalLabel(kind="box", values=(0, 0, side, side))
    assert face_label(Place(Path("a.txt"), 1), (0, 0, side, side), original).role == role


def test_a_missing_photo_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"a\.txt:2: expected the name of a photo of the set, got .*p\.jpg"
    ):
        existing_photo(Place(Path("a.txt"), 2), tmp_path / "p.jpg")
