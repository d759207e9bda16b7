from math import pi

import pytest

from smilecascade.evaluate.protocols.overlaps import area, overlaps, shared
from smilecascade.interchange.regions import Ellipse, MarkedPhoto, Region

CIRCLE = Ellipse(10, 10, 0, 50, 50)


def ellipse(*numbers: float) -> Region:
    shape = Ellipse(*numbers)
    return Region(box=shape.box, ellipse=shape)


def rectangle(*box: float) -> Region:
    return Region(box=box)


def iou(label: Region, found: Region, size: tuple[int, int] | None = None) -> float:
    ((overlap,),) = overlaps(
        MarkedPhoto(name="a", regions=(label,)), MarkedPhoto(name="a", regions=(found,), size=size)
    )
    return overlap


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((40, 40, 60, 60), pi * 100 / 400),  # around it
        ((40, 40, 60, 80), pi * 100 / 800),
        ((45, 45, 55, 55), 100 / (pi * 100)),  # within it
        ((50, 40, 60, 60), 50 * pi / (200 + 50 * pi)),  # over half of it
        ((60, 40, 80, 60), 0),  # beside it
    ],
)
def test_a_circle_and_a_rectangle(box: tuple[float, ...], expected: float) -> None:
    assert iou(ellipse(*CIRCLE), rectangle(*box)) == pytest.approx(expected, abs=2e-5)


@pytest.mark.parametrize("angle", [0, 0.7, pi / 2, 2.5, -1.4])
def test_the_area_of_an_ellipse_does_not_depend_on_its_angle(angle: float) -> None:
    assert area(ellipse(40, 25, angle, 100, 100)) == pytest.approx(pi * 1000, rel=2e-5)


def test_a_turned_ellipse_lies_along_its_angle() -> None:
    # Its upper half leans to the left: y grows downwards.
    leaning, left, right = ellipse(40, 10, pi / 4, 50, 50), (10, 10, 50, 50), (50, 10, 90, 50)
    assert shared(leaning, rectangle(*left)) > 5 * shared(leaning, rectangle(*right))


@pytest.mark.parametrize("region", [ellipse(40.5, 25.1, 1.2, 33.3, 44.4), rectangle(1.5, 2.5, 33.3, 44.4)])
def test_what_is_equal_overlaps_wholly(region: Region) -> None:
    assert iou(region, region) == 1


def test_rectangles_are_exact() -> None:
    assert iou(rectangle(0, 0, 10, 10), rectangle(5, 0, 15, 10)) == pytest.approx(1 / 3, abs=1e-12)


def test_only_what_lies_in_the_photo_counts() -> None:
    # Half of the circle is outside; so is all that the second box has more than the first.
    label = ellipse(10, 10, 0, 0, 50)
    inside, further = rectangle(0, 40, 10, 60), rectangle(-30, 40, 10, 60)
    assert iou(label, inside, size=(100, 100)) == pytest.approx(pi / 4, abs=2e-5)
    assert iou(label, further, size=(100, 100)) == iou(label, inside, size=(100, 100))
    assert iou(label, further) == pytest.approx(pi * 100 / 800, abs=2e-5)


def test_a_detection_outside_the_photo_overlaps_nothing() -> None:
    label, found = rectangle(0, 0, 10, 10), rectangle(200, 0, 210, 10)
    assert iou(label, found, size=(100, 100)) == 0


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (5, 5, 5, 5), (9, 9, 5, 5)])
def test_an_empty_rectangle_overlaps_nothing(box: tuple[float, ...]) -> None:
    assert iou(rectangle(*box), rectangle(*box)) == 0
    assert iou(rectangle(0, 0, 10, 10), rectangle(*box)) == 0


def test_no_regions_give_an_empty_table() -> None:
    nothing, one = MarkedPhoto(name="a"), MarkedPhoto(name="a", regions=(rectangle(0, 0, 1, 1),))
    assert overlaps(nothing, one).shape == (0, 1)
    assert overlaps(one, nothing).shape == (1, 0)
