"""The shape that lies over a face."""

import numpy as np
import pytest
from numpy.typing import NDArray

from smilecascade.mask.covers import Cover, Outline, cover_of, disc, needed, rounded
from smilecascade.records import Face
from smilecascade.specs import CascadeSpec, LevelSpec

SPEC = CascadeSpec(levels=(LevelSpec(net="painted", window=12, min_score=0.9),))
BOX = (100.0, 80.0, 187.0, 195.0)


def corners(cover: Cover) -> NDArray[np.float64]:
    """Those of the face's box, turned with the head: (4, 2)."""
    x1, y1, x2, y2 = cover.box
    middle = np.array(((x1 + x2) / 2, (y1 + y2) / 2))
    upright = np.array([(x1, y1), (x2, y1), (x1, y2), (x2, y2)]) - middle
    cos, sin = np.cos(np.radians(cover.roll)), np.sin(np.radians(cover.roll))
    return upright @ np.array([(cos, sin), (-sin, cos)]) + middle


@pytest.mark.parametrize("outline", [rounded, disc])
@pytest.mark.parametrize("roll", [0, 30, -75, 180])
@pytest.mark.parametrize("scale", [0.2, 1, 5])
def test_it_holds_the_box_of_the_face_and_a_margin(outline, roll: float, scale: float) -> None:
    cover = Cover(box=tuple(scale * value for value in BOX), roll=roll)
    shape = outline(cover)
    assert shape.holds(corners(cover)).all()
    middle = (np.array(cover.box[:2]) + cover.box[2:]) / 2
    assert shape.holds((corners(cover) - middle) * 1.03 + middle).all()


@pytest.mark.parametrize("roll", [0, 25, 90])
def test_what_it_covers_is_what_it_holds(roll: float) -> None:
    shape = rounded(Cover(box=BOX, roll=roll))
    canvas = np.zeros((300, 300, 3), np.uint8)
    x1, y1, x2, y2 = place = shape.region(canvas)
    mask = np.zeros(canvas.shape[:2], np.float32)
    mask[y1:y2, x1:x2] = shape.coverage(place)
    x, y = np.meshgrid(np.arange(300) + 0.5, np.arange(300) + 0.5)
    held = shape.holds(np.stack([x.ravel(), y.ravel()], axis=1)).reshape(300, 300)
    assert ((mask > 0.5) == held).mean() > 0.9999
    assert mask.max() == 1


def test_a_lying_box_is_that_of_a_lying_head() -> None:
    points = ((30.0, 60.0), (30.0, 40.0), (20.0, 50.0), (10.0, 58.0), (10.0, 42.0))
    cover = cover_of(Face(box=(0.0, 28.25, 57.5, 71.75), score=0.9, points=points), SPEC)
    assert abs(cover.roll) == pytest.approx(90, abs=5)
    x1, y1, x2, y2 = cover.box
    assert (x2 - x1, y2 - y1) == pytest.approx((43.5, 57.5), abs=0.1)
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((28.75, 50))


def test_a_face_without_points_is_upright() -> None:
    cover = cover_of(Face(box=BOX, score=0.7), SPEC)
    assert (cover.box, cover.roll, cover.score) == (pytest.approx(BOX, abs=0.1), 0, 0.7)


def test_what_reaches_beyond_the_photo_is_cut() -> None:
    canvas = np.zeros((50, 40, 3), np.uint8)
    for box in ((-30, -30, 20, 20), (30, 40, 90, 100), (100, 100, 120, 130), (-90, 0, -60, 40)):
        x1, y1, x2, y2 = place = rounded(Cover(box=box)).region(canvas)
        assert 0 <= x1 <= x2 <= 40
        assert 0 <= y1 <= y2 <= 50
        assert rounded(Cover(box=box)).coverage(place).shape == (y2 - y1, x2 - x1)


def test_a_cover_that_others_hide_is_not_needed() -> None:
    face, eyes = Cover(box=(0, 0, 87, 115), score=0.9), Cover(box=(20, 20, 60, 60), score=0.99)
    beside = Cover(box=(60, 20, 120, 90))
    assert needed([face, eyes, beside]) == [face, beside]
    assert needed([Cover(box=face.box, score=0.8), face, Cover(box=face.box, score=0.85)]) == [face]
    assert needed([]) == []


def test_several_may_hide_one_together() -> None:
    left, right = Cover(box=(0, 0, 87, 115)), Cover(box=(60, 0, 147, 115))
    between = Cover(box=(50, 30, 97, 85))
    assert needed([left, between, right]) == [left, right]


def test_rings_lie_inside() -> None:
    shape = Outline(50, 40, 20, 30, 35, 3)
    assert shape.holds(shape.rings()).all()
    assert np.ptp(shape.rings(), axis=0).min() > 30
