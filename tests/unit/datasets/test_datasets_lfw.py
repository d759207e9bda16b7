from pathlib import Path

import pytest

from smilecascade.datasets import lfw
from smilecascade.errors import DatasetError

NUMBERS = "30 80 20 90 40 40 60 40 50 50 42 60 58 60"


def made(root: Path, train: str, test: str = "") -> Path:
    for name in ("Ann/Ann_1.jpg", "Bob/Bob_1.jpg"):
        (root / name).parent.mkdir()
        (root / name).touch()
    (root / "trainImageList.txt").write_text(train)
    (root / "testImageList.txt").write_text(test)
    return root


def test_both_lists_are_read_and_points_make_the_square(tmp_path: Path) -> None:
    root = made(tmp_path, f"Bob\\Bob_1.jpg {NUMBERS}\n", f"Ann/Ann_1.jpg {NUMBERS}\n")
    photos = list(lfw.read(root))
    assert [photo.name for photo in photos] == ["Bob/Bob_1.jpg", "Ann/Ann_1.jpg"]
    assert not any(photo.complete for photo in photos)
    (face,) = photos[0].faces
    assert face.square == pytest.approx((26.5, 22.5, 73.5, 69.5))
    # left right top bottom is kept as x1 y1 x2 y2.
    assert (face.original.kind, face.original.values) == ("box", (30, 20, 80, 90))
    assert face.points is not None
    assert (face.points.left_mouth, face.points.right_mouth, face.points.mouth) == ((42, 60), (58, 60), None)


def test_empty_lists_are_no_photos(tmp_path: Path) -> None:
    assert list(lfw.read(made(tmp_path, ""))) == []


def test_a_broken_line_is_reported(tmp_path: Path) -> None:
    root = made(tmp_path, f"Ann/Ann_1.jpg {NUMBERS}\n", "Bob/Bob_1.jpg 1 2\n")
    with pytest.raises(
        DatasetError, match=r"testImageList\.txt:1: expected a file name and 14 .*, got 3 words"
    ):
        list(lfw.read(root))


def test_a_missing_list_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"trainImageList\.txt: cannot be read"):
        list(lfw.read(tmp_path))


def test_a_missing_photo_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r":1: expected the name of a photo of the set, got .*Eve_1\.jpg"):
        list(lfw.read(made(tmp_path, f"Eve/Eve_1.jpg {NUMBERS}\n")))
