from math import pi

import pytest

from smilecascade.datasets.marks import Listed, Mark
from smilecascade.errors import DatasetError
from smilecascade.interchange.regions import Ellipse, MarkedPhoto, Region


@pytest.mark.parametrize(
    ("angle", "half_width", "half_height"), [(0, 20, 10), (pi / 2, 10, 20), (pi / 4, 250**0.5, 250**0.5)]
)
def test_the_box_of_an_ellipse_just_holds_it(angle: float, half_width: float, half_height: float) -> None:
    box = (50 - half_width, 60 - half_height, 50 + half_width, 60 + half_height)
    assert Ellipse(20, 10, angle, 50, 60).box == pytest.approx(box)


@pytest.mark.parametrize(
    ("box", "ellipse"),
    [
        ((0, 0, 20, 40), Ellipse(20, 10, pi / 2, 10, 20)),
        ((0, 0, 40, 20), Ellipse(20, 10, 0, 20, 10)),
        ((0, 0, 20, 20), Ellipse(10, 10, pi / 2, 10, 10)),
    ],
)
def test_the_ellipse_within_a_box_touches_its_sides(
    box: tuple[float, float, float, float], ellipse: Ellipse
) -> None:
    assert Ellipse.within(box) == ellipse
    assert ellipse.box == pytest.approx(box)


def test_what_has_no_score_is_certain() -> None:
    assert [Region(box=(0, 0, 1, 1), score=score).confidence for score in (None, 0.0, -3.5)] == [1, 0, -3.5]


@pytest.mark.parametrize(
    ("box", "empty"), [((0, 0, 1, 1), False), ((0, 0, 0, 1), True), ((0, 1, 1, 0), True)]
)
def test_a_box_without_width_or_height_is_empty(box: tuple[float, float, float, float], empty: bool) -> None:
    assert Region(box=box).is_empty == empty


@pytest.mark.parametrize("x", [float("nan"), float("inf"), -1e300])
def test_a_box_beyond_every_photo_is_refused(x: float) -> None:
    mark = Mark(where="a.json: annotation 1", written="", box=(x, 0, 1, 1))
    with pytest.raises(
        DatasetError, match=r"annotation 1: expected coordinates of at most 1e\+09 pixels, got"
    ):
        MarkedPhoto.of(Listed(where="a.json", name="a.jpg", marks=(mark,)))
