import numpy as np
import pytest

from smilecascade.geometry.suppress import FEW, suppress


def row_of(count: int, side: float = 10, gap: float = 20) -> np.ndarray:
    """Squares side by side that do not touch."""
    left = np.arange(count, dtype=np.float32) * gap
    return np.stack([left, np.zeros_like(left), left + side, np.full_like(left, side)], axis=1)


def scores(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_no_windows() -> None:
    kept = suppress(np.zeros((0, 4), np.float32), scores(), max_iou=0.5)
    assert kept.shape == (0,)
    assert np.issubdtype(kept.dtype, np.integer)


def test_one_window_stays() -> None:
    assert suppress(row_of(1), scores(0.2), max_iou=0.5).tolist() == [0]


def test_windows_that_do_not_touch_stay_best_first() -> None:
    assert suppress(row_of(3), scores(0.2, 0.9, 0.5), max_iou=0.0).tolist() == [1, 2, 0]


def test_of_equal_windows_the_best_stays() -> None:
    same = np.repeat(row_of(1), 3, axis=0)
    assert suppress(same, scores(0.2, 0.9, 0.5), max_iou=0.5).tolist() == [1]


def test_of_equal_scores_the_first_stays() -> None:
    same = np.repeat(row_of(1), 3, axis=0)
    assert suppress(same, scores(0.5, 0.5, 0.5), max_iou=0.5).tolist() == [0]
    assert suppress(row_of(4), scores(0.5, 0.5, 0.5, 0.5), max_iou=0.5).tolist() == [0, 1, 2, 3]


def test_a_window_that_went_strikes_out_no_other() -> None:
    chain = row_of(3, gap=4)  # neighbours: IoU 60/140; first and third: 20/180
    assert suppress(chain, scores(0.9, 0.8, 0.7), max_iou=0.4).tolist() == [0, 2]


def test_an_overlap_of_exactly_the_limit_is_allowed() -> None:
    halves = np.array([[0, 0, 4, 4], [0, 0, 4, 2]], np.float32)
    assert suppress(halves, scores(0.9, 0.8), max_iou=0.5).tolist() == [0, 1]
    assert suppress(halves, scores(0.9, 0.8), max_iou=0.499).tolist() == [0]


def test_groups_do_not_compete() -> None:
    same = np.repeat(row_of(1), 4, axis=0)
    groups = np.array([7, 0, 7, 0], np.int32)
    assert suppress(same, scores(0.1, 0.2, 0.3, 0.4), max_iou=0.5, groups=groups).tolist() == [3, 2]


def test_a_limit_of_one_keeps_even_equal_windows() -> None:
    same = np.repeat(row_of(1), 3, axis=0)
    assert suppress(same, scores(0.1, 0.3, 0.2), max_iou=1.0).tolist() == [1, 2, 0]


@pytest.mark.parametrize("count", [FEW // 2, FEW // 2 + 1, 3000])
def test_many_windows_are_compared_too(count: int) -> None:
    twice = np.concatenate([row_of(count), row_of(count)])
    falling = np.linspace(1, 0, 2 * count, dtype=np.float32)
    assert suppress(twice, falling, max_iou=0.5).tolist() == list(range(count))


def test_arguments_stay_as_they_are() -> None:
    given = row_of(3), scores(0.2, 0.9, 0.5), np.array([0, 1, 0], np.int32)
    before = [array.copy() for array in given]
    for array in given:
        array.flags.writeable = False
    suppress(given[0], given[1], max_iou=0.5, groups=given[2])
    for array, copy in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, copy)
