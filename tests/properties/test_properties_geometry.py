"""Laws of boxes, of the canonical square and of the pyramid."""

from math import cos, log, pi, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecascade.geometry.boxes import (
    Box,
    Point,
    centres,
    iou,
    iou_of_pairs,
    sides,
    square_of_eyes_and_mouth,
    squares_about,
)
from smilecascade.geometry.pyramid import squares_of_positions, window_sides

coordinate = st.floats(-1000, 1000, width=32)
length = st.floats(0.125, 1000, width=32)


@st.composite
def boxes(draw: st.DrawFn) -> np.ndarray:
    """(N, 4) boxes of positive size, N from 0 to 8."""
    rows = draw(st.lists(st.tuples(coordinate, coordinate, length, length), max_size=8))
    return np.array([(x, y, x + w, y + h) for x, y, w, h in rows], np.float32).reshape(-1, 4)


@given(boxes(), boxes())
def test_iou_is_symmetric(first: np.ndarray, second: np.ndarray) -> None:
    np.testing.assert_array_equal(iou(first, second), iou(second, first).T)


@given(boxes(), boxes())
def test_iou_lies_between_0_and_1(first: np.ndarray, second: np.ndarray) -> None:
    overlap = iou(first, second)
    assert overlap.shape == (len(first), len(second))
    assert (overlap >= 0).all()
    assert (overlap <= 1 + 1e-6).all()


@given(boxes())
def test_iou_with_itself_is_1(some: np.ndarray) -> None:
    np.testing.assert_allclose(np.diag(iou(some, some)), 1, rtol=1e-5)


@given(boxes(), boxes())
def test_iou_of_pairs_is_iou_to_the_last_bit(first: np.ndarray, second: np.ndarray) -> None:
    count = min(len(first), len(second))
    paired = iou_of_pairs(first[:count], second[:count])
    np.testing.assert_array_equal(paired, np.diag(iou(first[:count], second[:count])))


@given(boxes(), boxes(), st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_iou_knows_no_unit(first: np.ndarray, second: np.ndarray, scale: float) -> None:
    zoom = np.float32(scale)
    np.testing.assert_array_equal(iou(first * zoom, second * zoom), iou(first, second))


@given(boxes(), boxes())
def test_iou_of_mirrored_boxes_is_the_same(first: np.ndarray, second: np.ndarray) -> None:
    def mirrored(some: np.ndarray) -> np.ndarray:
        return np.stack([-some[:, 2], some[:, 1], -some[:, 0], some[:, 3]], axis=1)

    np.testing.assert_array_equal(iou(mirrored(first), mirrored(second)), iou(first, second))


@given(st.lists(st.tuples(coordinate, coordinate, length), max_size=8))
def test_squares_have_the_centres_and_sides_asked_for(rows: list[tuple[float, float, float]]) -> None:
    x, y, side = np.array(rows, np.float64).reshape(-1, 3).T
    squares = squares_about(np.stack([x, y], axis=1), side)
    np.testing.assert_allclose(centres(squares), np.stack([x, y], axis=1), atol=2e-4)
    np.testing.assert_allclose(sides(squares), side, atol=4e-4)
    np.testing.assert_allclose(squares[:, 3] - squares[:, 1], side, atol=4e-4)


point = st.tuples(coordinate, coordinate)
close = pytest.approx


def around(square: Box, tolerance: float = 1e-3) -> object:
    return pytest.approx(square, abs=tolerance)


@given(point, point, point)
def test_a_moved_face_has_a_moved_square(eyes: Point, mouth: Point, step: Point) -> None:
    moved = square_of_eyes_and_mouth(
        (eyes[0] + step[0], eyes[1] + step[1]), (mouth[0] + step[0], mouth[1] + step[1])
    )
    x1, y1, x2, y2 = square_of_eyes_and_mouth(eyes, mouth)
    assert moved == around((x1 + step[0], y1 + step[1], x2 + step[0], y2 + step[1]))


@given(point, point, st.floats(0.01, 100))
def test_an_enlarged_face_has_an_enlarged_square(eyes: Point, mouth: Point, scale: float) -> None:
    enlarged = square_of_eyes_and_mouth(
        (eyes[0] * scale, eyes[1] * scale), (mouth[0] * scale, mouth[1] * scale)
    )
    expected = [scale * edge for edge in square_of_eyes_and_mouth(eyes, mouth)]
    assert enlarged == close(expected, rel=1e-9, abs=1e-6)


@given(point, point)
def test_a_mirrored_face_has_a_mirrored_square(eyes: Point, mouth: Point) -> None:
    mirrored = square_of_eyes_and_mouth((-eyes[0], eyes[1]), (-mouth[0], mouth[1]))
    x1, y1, x2, y2 = square_of_eyes_and_mouth(eyes, mouth)
    assert mirrored == around((-x2, y1, -x1, y2))


@given(point, st.floats(1, 500), st.floats(0, 2 * pi))
def test_a_turned_face_has_a_square_of_the_same_side(middle: Point, distance: float, turn: float) -> None:
    across, down = sin(turn) * distance / 2, cos(turn) * distance / 2
    x1, y1, x2, y2 = square_of_eyes_and_mouth(
        (middle[0] - across, middle[1] - down), (middle[0] + across, middle[1] + down)
    )
    assert (x2 - x1, y2 - y1) == close((2.35 * distance, 2.35 * distance))
    assert (x1 + x2) / 2 == close(middle[0] - 0.4 * across, abs=1e-6)
    assert (y1 + y2) / 2 == close(middle[1] - 0.4 * down, abs=1e-6)


photo_side = st.integers(1, 10_000)
step = st.floats(1.05, 4)
largest = st.floats(0.1, 4)


@given(photo_side, photo_side, st.floats(1, 1000), step, largest)
def test_pyramid_sides_rise_within_their_limits(
    height: int, width: int, min_face: float, step: float, largest: float
) -> None:
    limit = largest * min(height, width)
    found = window_sides(height, width, min_face=min_face, step=step, largest=largest)
    assert (np.diff(found) > 0).all()
    assert (found >= min_face).all()
    assert (found <= limit * (1 + 1e-6)).all()
    assert (len(found) == 0) == (limit < min_face)


@given(photo_side, photo_side, st.floats(1, 1000), step, largest)
def test_no_side_between_the_least_and_the_largest_is_left_out(
    height: int, width: int, min_face: float, step: float, largest: float
) -> None:
    found = window_sides(height, width, min_face=min_face, step=step, largest=largest)
    if len(found):
        assert found[0] == min_face
        np.testing.assert_allclose(np.diff(np.log(found)), log(step), rtol=1e-6)
        assert found[-1] * step > largest * min(height, width) * (1 - 1e-6)


@given(photo_side, photo_side, st.floats(1, 1000), step, largest)
def test_the_pyramid_does_not_know_up_from_left(
    height: int, width: int, min_face: float, step: float, largest: float
) -> None:
    upright = window_sides(height, width, min_face=min_face, step=step, largest=largest)
    lying = window_sides(width, height, min_face=min_face, step=step, largest=largest)
    np.testing.assert_array_equal(upright, lying)


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=8),
    st.floats(8, 500),
    st.integers(1, 4),
    st.integers(0, 6),
)
def test_positions_lie_one_stride_apart(
    places: list[tuple[int, int]], side: float, stride: int, border: int
) -> None:
    rows, columns = np.array(places, np.intp).reshape(-1, 2).T
    ratio = side / 12
    squares = squares_of_positions(
        rows, columns, side=side, window=12, stride=stride, border=border, ratio=(ratio, ratio)
    )
    # On the pyramid image, a window begins at its position times the stride, less the border.
    np.testing.assert_allclose(squares[:, 0] / ratio, columns * stride - border, atol=1e-2)
    np.testing.assert_allclose(squares[:, 1] / ratio, rows * stride - border, atol=1e-2)
    np.testing.assert_allclose(sides(squares), side, rtol=1e-3)
