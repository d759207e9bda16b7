"""Where a command writes: names for annotated copies, and standard output in any encoding."""

import io
import sys
import tempfile
from pathlib import Path

import pytest

from smilecascade.cli.failures import TargetError
from smilecascade.cli.inputs import Task
from smilecascade.cli.targets import Drawings, require_folder, standard_output, with_drawings


@pytest.mark.parametrize(
    ("photos", "names"),
    [
        (["a.jpg", "b.JPEG", "c.webp"], ["a.jpg", "b.JPEG", "c.webp"]),
        (["a.gif", "a.tif", "noname"], ["a.png", "a-2.png", "noname.png"]),
        (["x/a.jpg", "y/A.JPG", "y/a-2.jpg"], ["a.jpg", "A-2.JPG", "a-2-2.jpg"]),
    ],
)
def test_every_copy_has_its_own_name(tmp_path: Path, photos: list[str], names: list[str]) -> None:
    drawings = Drawings(tmp_path, [])
    assert [drawings.path_for(Path(photo)) for photo in photos] == [tmp_path / name for name in names]


def test_the_folder_of_the_photos_is_refused_by_any_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(TargetError, match=r"holds a\.jpg"):
        Drawings(tmp_path / "link", [tmp_path / "a.jpg"])


def test_a_missing_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    for _ in range(2):
        require_folder(tmp_path / "a" / "b", "--out")
        assert list((tmp_path / "a" / "b").iterdir()) == []


@pytest.mark.parametrize("option", ["--draw", "--out"])
@pytest.mark.parametrize("name", ["taken", "taken/below"])
def test_a_folder_that_cannot_be_is_told_with_its_option(tmp_path: Path, name: str, option: str) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(
        TargetError, match=rf"{name}: cannot be written \(.+\); give {option} another folder$"
    ):
        require_folder(tmp_path / name, option)


def test_a_folder_that_takes_no_files_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(TargetError, match=r"cannot be written \(Permission denied\); give --out"):
        require_folder(tmp_path, "--out")


def test_what_an_encoding_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
    print("é \udcff", file=standard_output(), flush=True)
    print("é \udcff", file=standard_output(encoding="utf-8"), flush=True)
    assert raw.getvalue() == b"\\xe9 \\udcff\n" + "é \\udcff\n".encode()


def test_a_closed_standard_output_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(TargetError, match="standard output is closed; give --out a file"):
        standard_output()


def test_what_cannot_be_drawn_has_no_place(tmp_path: Path) -> None:
    tasks = [Task(Path("a.jpg")), Task(Path("b"), "cannot be listed"), Task(Path("missing.mp4"))]
    drawings = [task.drawing for task in with_drawings(tasks, tmp_path / "drawn")]
    assert drawings == [tmp_path / "drawn" / "a.jpg", None, None]


def test_without_a_folder_nothing_is_drawn() -> None:
    assert with_drawings(iter([Task(Path("a.jpg"))]), None) == [Task(Path("a.jpg"))]
