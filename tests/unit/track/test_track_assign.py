import numpy as np
import pytest

from smilecascade.track.assign import assigned


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_to_assign(shape: tuple[int, int]) -> None:
    assert assigned(np.zeros(shape)) == []


def test_the_greatest_sum_wins_over_the_greatest_weight() -> None:
    assert assigned(np.array([[0.9, 0.8], [0.8, 0.0]])) == [(0, 1), (1, 0)]


def test_a_weight_of_zero_is_no_pair() -> None:
    assert assigned(np.array([[0.0, 0.0], [0.0, 0.5], [0.0, 0.4]])) == [(1, 1)]


def test_one_good_pair_is_better_than_two_poor_ones() -> None:
    assert assigned(np.array([[0.9, 0.3], [0.4, 0.0]])) == [(0, 0)]


def test_ties_go_to_the_earlier_column() -> None:
    assert assigned(np.ones((2, 3))) == [(0, 0), (1, 1)]
