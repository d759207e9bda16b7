import numpy as np
import pytest

from smilecascade.evaluate.boxfit import BoxFit, halves

NONE = np.zeros((0, 4), np.float32)


def _boxes(*boxes):
    return np.array(boxes, np.float32)


def test_the_fit_is_measured_in_the_box_itself() -> None:
    # 20 wide and 40 high about (30, 60); the label is 30 wide and 20 high about (35, 50).
    fit = BoxFit.of(_boxes((20, 40, 40, 80)), _boxes((20, 40, 50, 60)))
    assert fit == BoxFit(shift_x=0.25, shift_y=-0.25, scale_x=1.5, scale_y=0.5)


def test_the_fit_is_a_median() -> None:
    boxes = _boxes(*[(0, 0, 10, 10)] * 3)
    labels = _boxes((0, 0, 10, 10), (1, 0, 11, 10), (0, 0, 100, 100))
    assert BoxFit.of(boxes, labels) == BoxFit(shift_x=pytest.approx(0.1))


def test_applying_it_gives_the_label_of_each_box_in_its_style() -> None:
    boxes = _boxes((20, 40, 40, 80), (0, 0, 200, 100))
    fit = BoxFit(shift_x=0.25, shift_y=-0.25, scale_x=1.5, scale_y=0.5)
    assert fit.apply(boxes).tolist() == [[20, 40, 50, 60], [0, 0, 300, 50]]


def test_no_pairs_change_nothing() -> None:
    assert BoxFit.of(NONE, NONE) == BoxFit()
    boxes = _boxes((1, 2, 3, 5))
    assert BoxFit().apply(boxes).tolist() == boxes.tolist()


def test_no_boxes_stay_no_boxes() -> None:
    assert BoxFit(shift_x=1, scale_y=2).apply(NONE).shape == (0, 4)


def test_boxes_are_not_changed() -> None:
    boxes = _boxes((1, 2, 3, 5))
    boxes.flags.writeable = False
    BoxFit(shift_x=1).apply(boxes)
    BoxFit.of(boxes, boxes)


def test_halves_go_by_sorted_name() -> None:
    assert halves(["d", "a", "c", "b", "e"]) == ([1, 3], [2, 0, 4])
    assert halves([]) == ([], [])
    assert halves(["a"]) == ([], [0])
