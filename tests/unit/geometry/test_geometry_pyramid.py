from math import sqrt

import numpy as np
import pytest

from smilecascade.geometry.pyramid import squares_of_positions, window_sides


def positions(*places: tuple[int, int], **changes: object) -> np.ndarray:
    rows, columns = np.array(places, np.intp).reshape(-1, 2).T
    terms = {"side": 24.0, "window": 12, "stride": 2, "border": 0, "ratio": (2.0, 2.0)}
    return squares_of_positions(rows, columns, **{**terms, **changes})  # type: ignore[arg-type]


def test_sides_rise_to_the_largest_window() -> None:
    sides = window_sides(480, 640, min_face=40, step=sqrt(2), largest=1.5)
    np.testing.assert_allclose(sides, 40 * sqrt(2) ** np.arange(9))
    assert sides[-1] <= 1.5 * 480 < sides[-1] * sqrt(2)


def test_the_largest_window_itself_is_searched() -> None:
    sides = window_sides(80, 200, min_face=30, step=2, largest=1.5)
    np.testing.assert_allclose(sides, [30, 60, 120])


def test_a_step_that_does_not_come_out_even_still_reaches_the_largest() -> None:
    sides = window_sides(40, 40, min_face=40, step=sqrt(2), largest=2.0)
    assert len(sides) == 3


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 5000), (5000, 1), (26, 26)])
def test_small_photos_have_no_windows(height: int, width: int) -> None:
    assert len(window_sides(height, width, min_face=40, step=sqrt(2), largest=1.5)) == 0


def test_a_photo_just_large_enough_has_one() -> None:
    assert len(window_sides(27, 900, min_face=40, step=sqrt(2), largest=1.5)) == 1


def test_the_first_position_is_the_corner() -> None:
    np.testing.assert_allclose(positions((0, 0)), [[0, 0, 24, 24]])


def test_rows_go_down_and_columns_across() -> None:
    np.testing.assert_allclose(positions((1, 0), (0, 3)), [[0, 4, 24, 28], [12, 0, 36, 24]])


def test_the_border_lies_outside_the_photo() -> None:
    np.testing.assert_allclose(positions((0, 0), border=3), [[-6, -6, 18, 18]])


def test_squares_stay_square_where_the_ratios_differ() -> None:
    squares = positions((5, 5), side=24.3, ratio=(2.01, 1.99))
    np.testing.assert_allclose(squares[:, 2:] - squares[:, :2], 24.3, rtol=1e-5)
    np.testing.assert_allclose((squares[0, :2] + squares[0, 2:]) / 2, [16 * 2.01, 16 * 1.99], rtol=1e-5)


def test_no_positions_give_no_squares() -> None:
    squares = positions()
    assert squares.shape == (0, 4)
    assert squares.dtype == np.float32
