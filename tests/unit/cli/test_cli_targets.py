"""Where a command writes: names for annotated copies, and standard output in any encoding."""

import io
import sys
from pathlib import Path

import pytest

from smilecascade.cli.failures import TargetError
from smilecascade.cli.targets import Drawings, standard_output


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
