import numpy as np
import pytest

from smilecascade.draw.contact import COLUMNS, CONTEXT, SIDE, picture, sheet
from smilecascade.mipmaps import BEYOND

GREEN = (40, 180, 90)
RED = (250, 0, 0)


@pytest.fixture
def image() -> np.ndarray:
    """A red square at (20, 20) to (60, 60) on black."""
    image = np.zeros((100, 120, 3), np.uint8)
    image[20:60, 20:60] = RED
    return image


def share(cell: np.ndarray, colour: tuple[int, int, int]) -> float:
    """How much of the picture itself has this colour."""
    return float((cell == colour).all(axis=2).sum()) / SIDE**2


def test_a_face_is_shown_framed_in_its_surroundings(image: np.ndarray) -> None:
    cell = picture(image, (20, 20, 60, 60), GREEN, ["a"])
    assert share(cell, RED) == pytest.approx(1 / CONTEXT**2, rel=0.15)
    assert share(cell, GREEN) > 4 * SIDE / CONTEXT / SIDE**2


def test_beyond_the_photo_all_is_grey(image: np.ndarray) -> None:
    cell = picture(image, (-40, -40, 0, 0), GREEN, [])
    assert share(cell, (BEYOND,) * 3) == pytest.approx(15 / 16, abs=0.06)


def test_each_word_has_a_line_of_its_own(image: np.ndarray) -> None:
    heights = [picture(image, (0, 0, 9, 9), GREEN, words).shape[0] for words in ([], ["a"], ["a", ""])]
    assert heights[0] < heights[1] < heights[2]
    dark = [(picture(image, (0, 0, 9, 9), GREEN, [word])[SIDE + 4 :] < 128).any() for word in ("a", " ")]
    assert dark == [True, True]


def test_rows_are_filled_one_after_the_other(image: np.ndarray) -> None:
    cell = picture(image, (20, 20, 60, 60), GREEN, ["a"])
    laid = sheet([cell] * (COLUMNS + 1))
    height, width = cell.shape[:2]
    assert laid.shape == (2 * height, COLUMNS * width, 3)
    np.testing.assert_array_equal(laid[height:, :width], cell)
    assert (laid[height:, width:] == 255).all()


def test_without_pictures_a_sheet_is_white() -> None:
    assert sheet([]).size
    assert (sheet([]) == 255).all()
