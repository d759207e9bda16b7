import json
import sys
from pathlib import Path

import numpy as np
import pytest

from smilecascade.errors import DatasetError, SmilecascadeError
from smilecascade.evaluate.protocols import subsets
from smilecascade.interchange.regions import MarkedPhoto, Region

FACE = Region(box=(0, 0, 10, 10))
PHOTOS = [
    MarkedPhoto(name="0--Parade/a b.jpg", regions=(FACE,) * 3),
    MarkedPhoto(name="0--Parade/c.jpg", regions=(FACE,)),
    MarkedPhoto(name="1--Riot/d.jpg"),
]
WANTED = [[True, False, True], [False], []]


def read(path: Path) -> list[list[bool]]:
    return [wanted.tolist() for wanted in subsets.read(path, PHOTOS)]


def test_text_has_a_line_a_face(tmp_path: Path) -> None:
    path = tmp_path / "hard.txt"
    path.write_text("0--Parade/a b.jpg 1\n\n0--Parade/a b.jpg 3\n")
    assert read(path) == WANTED


def test_json_has_a_list_a_photo(tmp_path: Path) -> None:
    path = tmp_path / "hard.json"
    path.write_text(json.dumps({"0--Parade/a b.jpg": [3, 1], "1--Riot/d.jpg": []}))
    assert read(path) == WANTED


def test_an_empty_list_is_an_empty_subset(tmp_path: Path) -> None:
    (tmp_path / "none.txt").touch()
    assert read(tmp_path / "none.txt") == [[False] * 3, [False], []]


def cells(*values: object) -> np.ndarray:
    """A column of MATLAB cells."""
    column = np.empty((len(values), 1), object)
    column[:, 0] = values
    return column


def test_matlab_files_are_read_as_they_are_published(tmp_path: Path) -> None:
    scipy_io = pytest.importorskip("scipy.io")
    content = {
        "event_list": cells("0--Parade", "1--Riot"),
        "file_list": cells(cells("a b", "c"), cells("d")),
        "gt_list": cells(cells(np.array([[1], [3]]), np.zeros((0, 0))), cells(np.zeros((0, 0)))),
    }
    scipy_io.savemat(tmp_path / "wider_hard_val.mat", content)
    assert read(tmp_path / "wider_hard_val.mat") == WANTED


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "x.jpg 1\n", r"a\.txt:1: expected the name of a photo of the set, got 'x\.jpg'"),
        ("a.txt", "0--Parade/c.jpg 2\n", "expected the number of a face of 0--Parade/c.jpg, 1 to 1, got 2"),
        ("a.txt", "0--Parade/c.jpg 0\n", "1 to 1, got 0"),
        ("a.txt", "0--Parade/c.jpg 0.5\n", "1 to 1, got 0.5"),
        ("a.txt", "0--Parade/c.jpg\n", "expected the name of a photo and the number of a face"),
        ("a.json", '{"0--Parade/c.jpg": ["1"]}', "1 to 1, got '1'"),
        ("a.json", '{"0--Parade/c.jpg": [true]}', "1 to 1, got True"),
        ("a.json", '{"0--Parade/c.jpg": 1}', "expected an object with a list of numbers for each photo"),
        ("a.json", "[1]", "expected an object with a list of numbers for each photo"),
        ("a.json", "[" * 100_000, "is no JSON"),
        ("a.mat", "Dear diary,\n" * 20, "is no list of a subset of WIDER FACE"),
    ],
)
def test_broken_lists_are_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(DatasetError, match=message):
        read(tmp_path / name)


def test_a_missing_scipy_is_named_with_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    (tmp_path / "a.mat").touch()
    with pytest.raises(SmilecascadeError, match=r"smilecascade\[benchmark\]"):
        read(tmp_path / "a.mat")
