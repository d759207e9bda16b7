import numpy as np
import pytest

from smilecascade.monitor.averages import averaged
from smilecascade.runs import Points


def points(*values: float) -> Points:
    """A point a step and second, from step 10 on."""
    steps = np.arange(10, 10 + len(values))
    return Points(steps=steps, times=steps.astype(np.float64), values=np.array(values, np.float64))


def test_stretches_of_equal_length_are_averaged_and_end_where_their_last_point_is() -> None:
    means = averaged(points(1, 3, 5, 7, 9, 20), 3)
    assert means.values.tolist() == [2, 6, 14.5]
    assert means.counts.tolist() == [2, 2, 2]
    assert means.steps.tolist() == [11, 13, 15]
    assert means.times.tolist() == [11, 13, 15]


def test_what_is_no_number_counts_for_nothing() -> None:
    means = averaged(points(1, np.nan, np.inf, -np.inf, 5, 7), 3)
    assert means.counts.tolist() == [1, 0, 2]
    np.testing.assert_array_equal(means.values, [1, np.nan, 6])


def test_few_points_are_their_own_averages() -> None:
    assert averaged(points(1, 2), 9).values.tolist() == [1, 2]


def test_of_no_points_there_are_no_averages() -> None:
    means = averaged(points(), 9)
    assert len(means.steps) == len(means.times) == len(means.values) == len(means.counts) == 0


@pytest.mark.parametrize("count", [1, 2, 7, 99, 100, 101])
def test_no_point_is_lost(count: int) -> None:
    values = np.random.default_rng(count).normal(size=100)
    means = averaged(points(*values), count)
    assert len(means.values) == min(count, 100)
    assert means.counts.sum() == 100
    assert (means.values * means.counts).sum() == pytest.approx(values.sum())
