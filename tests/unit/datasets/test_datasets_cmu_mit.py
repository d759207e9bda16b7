from pathlib import Path

import pytest

from smilecascade.datasets import cmu_mit
from smilecascade.errors import DatasetError


def made(root: Path, labels: str) -> Path:
    (root / "images").mkdir()
    for name in ("band.jpg", "sky.jpg"):
        (root / "images" / name).touch()
    (root / "ground_truth_bboxes_face_only.txt").write_text(labels)
    return root


def test_each_line_is_a_face_and_photos_without_lines_have_none(tmp_path: Path) -> None:
    band, sky = cmu_mit.read(made(tmp_path, "band.jpg 10 20 26 36\nband.jpg 100 20 136 36\n"))
    assert (band.name, sky.name) == ("band.jpg", "sky.jpg")
    assert [face.square for face in band.faces] == [(10, 20, 26, 36), (106, 16, 130, 40)]
    assert [face.original.values for face in band.faces] == [(10, 20, 26, 36), (100, 20, 136, 36)]
    assert sky.faces == ()
    assert band.complete
    assert sky.complete


@pytest.mark.parametrize("numbers", ["10 20 26", "10 20 26 x", "26 20 10 36", "10 36 26 20"])
def test_a_broken_line_is_reported(tmp_path: Path, numbers: str) -> None:
    with pytest.raises(DatasetError, match=r"face_only\.txt:1: expected a"):
        list(cmu_mit.read(made(tmp_path, f"band.jpg {numbers}\n")))


def test_a_missing_photo_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"face_only\.txt:1: expected the name of a photo"):
        list(cmu_mit.read(made(tmp_path, "gone.jpg 10 20 26 36\n")))


def test_a_missing_list_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        list(cmu_mit.read(tmp_path))
