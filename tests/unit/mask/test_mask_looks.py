"""What is found in a view of a photo, back in the photo itself."""

import numpy as np
import pytest

from smilecascade.mask import looks
from smilecascade.mask.looks import Look
from smilecascade.records import Face

WIDTH, HEIGHT = 60, 40

LOOKS = [
    Look(scale=scale, mirrored=mirrored, turns=turns)
    for scale in (1.0, 1.5)
    for mirrored in (False, True)
    for turns in range(4)
]


@pytest.mark.parametrize("look", LOOKS)
def test_a_place_in_the_view_is_the_same_place_in_the_photo(look: Look) -> None:
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[10:16, 40:52] = 255
    rows, columns = np.nonzero(look.view(image)[..., 0] > 127)
    box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    (face,) = look.back([Face(box=tuple(map(float, box)), score=0.5)], (WIDTH, HEIGHT))
    assert face.box == pytest.approx((40, 10, 52, 16), abs=0.7)
    assert face.score == 0.5


@pytest.mark.parametrize(
    ("look", "roll"),
    [
        (Look(), 20),
        (Look(scale=2), 20),
        (Look(mirrored=True), -20),
        (Look(turns=1), 110),
        (Look(turns=3), -70),
        (Look(turns=2), -160),
    ],
)
def test_a_head_leans_as_it_does_in_the_photo(look: Look, roll: float) -> None:
    """In the view it leans by 20 degrees."""
    upright = np.array([(-1, -1), (1, -1), (0, 0), (-1, 1), (1, 1)])
    cos, sin = np.cos(np.radians(20)), np.sin(np.radians(20))
    points = upright @ np.array([(cos, sin), (-sin, cos)]) * 5 + 20
    named = tuple((float(x), float(y)) for x, y in points)
    face = Face(box=(14.0, 14.0, 26.0, 26.0), score=1.0, points=named)
    (found,) = look.back([face], (WIDTH, HEIGHT))
    assert found.roll == pytest.approx(roll, abs=0.1)


def test_a_large_photo_is_enlarged_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "MOST_PIXELS", 4 * WIDTH * HEIGHT)
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    assert Look(scale=1.5).view(image).shape == (60, 90, 3)
    assert Look(scale=3).view(image).shape == (80, 120, 3)
    monkeypatch.setattr(looks, "MOST_PIXELS", 1)
    assert Look(scale=3).view(image).shape == image.shape
