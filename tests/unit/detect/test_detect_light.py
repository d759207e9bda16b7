import numpy as np
import pytest

from smilecascade.detect.light import DARK, LIGHT, lit


def photo(brightness: float) -> np.ndarray:
    """Noise from black up to this brightness."""
    noise = np.random.default_rng(0).random((90, 200, 3))
    return (noise * (brightness + 1)).astype(np.uint8)


@pytest.mark.parametrize("brightness", [DARK + 4, 255])
def test_a_photo_with_light_is_left_as_it_is(brightness: int) -> None:
    image = photo(brightness)
    assert lit(image) is image


@pytest.mark.parametrize("brightness", [6, 40, DARK - 4])
def test_a_dark_photo_becomes_as_bright_as_others(brightness: int) -> None:
    image = photo(brightness)
    before = image.copy()
    brighter = lit(image)
    np.testing.assert_array_equal(image, before)
    assert (brighter.shape, brighter.dtype) == (image.shape, image.dtype)
    assert np.percentile(brighter.max(axis=2), 98) == pytest.approx(LIGHT, abs=255 / brightness)


def test_colours_keep_their_proportions() -> None:
    brighter = lit(np.full((20, 20, 3), (10, 20, 40), np.uint8))
    np.testing.assert_allclose(brighter[0, 0], LIGHT * np.array([0.25, 0.5, 1]), atol=1)


def test_a_lamp_in_the_dark_does_not_count_if_it_is_small() -> None:
    image = np.full((128, 128, 3), 30, np.uint8)
    image[:10, :10] = 255
    assert lit(image)[64, 64].tolist() == [LIGHT] * 3
    image[:30, :30] = 255
    assert lit(image) is image


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (3, 2)])
def test_tiny_photos(size: tuple[int, int]) -> None:
    assert lit(np.full((*size, 3), 23, np.uint8)).max() == LIGHT


def test_what_has_no_light_at_all_stays_black() -> None:
    image = np.zeros((20, 30, 3), np.uint8)
    assert lit(image) is image
