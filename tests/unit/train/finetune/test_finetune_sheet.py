from collections.abc import Callable

import numpy as np
import pytest

from smilecascade.draw.contact import COLUMNS, SIDE
from smilecascade.records import AnnotatedPhoto, FaceLabel
from smilecascade.train.finetune import sheet
from smilecascade.train.finetune.sheet import labelled_faces

Label, MakePhoto = Callable[..., FaceLabel], Callable[..., AnnotatedPhoto]

RED = (250, 0, 0)


@pytest.fixture
def red() -> np.ndarray:
    """A red square at (20, 20) to (60, 60) on black."""
    image = np.zeros((100, 120, 3), np.uint8)
    image[20:60, 20:60] = RED
    return image


def shown(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    """How many pixels have this colour."""
    return int((picture == colour).all(2).sum())


def test_faces_are_shown_in_their_surroundings_with_their_squares(
    red: np.ndarray, label: Label, make_photo: MakePhoto
) -> None:
    photo = make_photo(red, label(20, 20, 60, 60), label(70, 70, 90, 90, role="ignore"))
    picture, faults = labelled_faces([photo], 2, 1)
    assert faults == []
    first, second = np.split(picture, 2, axis=1)
    assert shown(first, RED) == pytest.approx((SIDE / 2) ** 2, rel=0.15)
    assert shown(first, (40, 180, 90)) > 4 * SIDE / 2
    assert shown(second, RED) == shown(second, (40, 180, 90)) == 0
    assert shown(second, (150, 150, 150)) > 4 * SIDE / 2


def test_rows_are_filled_one_after_the_other(red: np.ndarray, label: Label, make_photo: MakePhoto) -> None:
    faces = [label(20, 20, 60, 60) for _ in range(COLUMNS + 1)]
    picture, _ = labelled_faces([make_photo(red, *faces)], len(faces), 1)
    height, width = picture.shape[0] // 2, picture.shape[1] // COLUMNS
    assert shown(picture[height:, :width], RED)
    assert shown(picture[height:, width:], RED) == 0


def test_of_many_faces_a_choice_is_shown(
    red: np.ndarray, label: Label, make_photo: MakePhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "MOST_FACES", 3)
    photos = [make_photo(red, label(20, 20, 60, 60), name=f"{k}.png") for k in range(8)]
    picture, _ = labelled_faces(photos, 8, 1)
    assert picture.shape[1] % 3 == 0
    assert (picture == labelled_faces(photos, 8, 1)[0]).all()
    assert picture.shape[:2] == labelled_faces(photos, 8, 2)[0].shape[:2]


def test_photos_that_cannot_be_read_are_told_with_or_without_faces(
    red: np.ndarray, label: Label, make_photo: MakePhoto
) -> None:
    broken, empty = make_photo(red, label(20, 20, 60, 60)), make_photo(red, name="b.png")
    for photo in (broken, empty):
        photo.path.write_bytes(photo.path.read_bytes()[:-30])
    _, faults = labelled_faces([broken, empty], 1, 1)
    assert [
        fault.startswith(f"{photo.path}: ") for fault, photo in zip(faults, (broken, empty), strict=True)
    ] == [True] * 2


def test_without_faces_the_sheet_is_white() -> None:
    picture, _ = labelled_faces([], 0, 1)
    assert picture.size
    assert (picture == 255).all()
