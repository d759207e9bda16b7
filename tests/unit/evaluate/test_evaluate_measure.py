import numpy as np
import pytest

from smilecascade.evaluate.boxfit import BoxFit
from smilecascade.evaluate.measure import Found, performance
from smilecascade.records import Face


def _found(*boxes, score: float = 0.9) -> Found:
    return Found.of([Face(box=box, score=score) for box in boxes])


def _performance(photos, found, min_face=20):
    return performance("it", photos, found, min_face=min_face)


SQUARE = (100.0, 100.0, 200.0, 200.0)
#: Half as wide as the square and 1.25 times as high: IoU 0.5/1.25 = 0.4 before the fit.
NARROW = (125.0, 87.5, 175.0, 212.5)


def test_boxes_of_another_style_are_judged_after_the_fit(photo) -> None:
    photos = [photo(name, [("face", SQUARE)]) for name in ("a", "b")]
    result = _performance(photos, [_found(NARROW), _found(NARROW)])
    assert result.fit == BoxFit(scale_x=2.0, scale_y=pytest.approx(0.8))
    assert (result.ap.value, result.ap_70.value) == (1, 1)
    assert (result.recall_tenth.value, result.recall_one.value) == (1, 1)
    assert (result.photos, result.faces) == (2, 2)


def test_no_half_is_fitted_on_itself(photo) -> None:
    # "a" has boxes of another style; "b", the other half, has the labels' own.
    photos = [photo(name, [("face", SQUARE)]) for name in ("a", "b")]
    result = _performance(photos, [_found(NARROW), _found(SQUARE)])
    assert result.ap.value == 0


def test_order_does_not_matter(photo) -> None:
    photos = [photo(name, [("face", SQUARE)]) for name in ("b", "a", "c")]
    found = [_found(NARROW, score=0.4), _found(SQUARE, score=0.8), _found(score=0.1)]
    forward = _performance(photos, found)
    backward = _performance(photos[::-1], found[::-1])
    assert (forward.ap.value, forward.fit) == (backward.ap.value, backward.fit)


def test_labels_under_the_smallest_wanted_size_have_no_part_in_it(photo) -> None:
    photos = [photo(name, [("face", SQUARE)]) for name in ("a", "b")]
    result = _performance(photos, [_found(SQUARE), _found()], min_face=101)
    assert result.faces == 0
    assert np.isnan(result.ap.value)
    assert len(result.froc.thresholds) == 0


def test_no_photos(photo) -> None:
    result = _performance([], [])
    assert (result.photos, result.faces) == (0, 0)
    assert np.isnan([result.ap.value, result.recall_one.low]).all()


def test_photos_without_faces_or_detections(photo) -> None:
    photos = [photo("a", [("face", SQUARE)]), photo("b"), photo("c")]
    result = _performance(photos, [_found(SQUARE), _found(), _found(SQUARE, score=0.2)])
    assert result.ap.value == 1
    assert result.froc.false_positives_a_photo.tolist() == pytest.approx([0, 1 / 3])


def test_found_of_no_faces_has_no_rows() -> None:
    assert (_found().boxes.shape, _found().scores.shape) == ((0, 4), (0,))
