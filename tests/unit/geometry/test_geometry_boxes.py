import numpy as np
import pytest

from smilecascade.geometry.boxes import (
    areas,
    centres,
    faces_of_squares,
    intersections,
    iou,
    iou_of_pairs,
    sides,
    square_of_box,
    square_of_ellipse,
    square_of_eyes_and_mouth,
    squares_about,
)

NONE = np.zeros((0, 4), np.float32)


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32)


def test_areas() -> None:
    np.testing.assert_array_equal(areas(boxes((0, 0, 2, 3), (-1, -1, 1, 1))), [6, 4])


def test_areas_of_turned_boxes_are_zero() -> None:
    np.testing.assert_array_equal(areas(boxes((2, 0, 0, 3), (0, 3, 2, 0), (2, 3, 0, 0))), [0, 0, 0])


def test_intersections_of_all_with_all() -> None:
    first, second = boxes((0, 0, 4, 4), (10, 10, 12, 12)), boxes((2, 2, 6, 6), (4, 0, 8, 4), (1, 1, 2, 2))
    np.testing.assert_array_equal(intersections(first, second), [[4, 0, 1], [0, 0, 0]])


def test_iou_by_hand() -> None:
    overlap = iou(boxes((0, 0, 4, 4)), boxes((0, 0, 4, 4), (2, 0, 6, 4), (0, 0, 2, 2), (4, 0, 8, 4)))
    np.testing.assert_allclose(overlap, [[1, 8 / 24, 4 / 16, 0]], rtol=1e-6)


def test_iou_of_pairs_is_the_diagonal() -> None:
    first, second = (
        boxes((0, 0, 4, 4), (0, 0, 4, 4), (1, 1, 1, 1)),
        boxes((2, 0, 6, 4), (4, 4, 5, 5), (1, 1, 1, 1)),
    )
    np.testing.assert_array_equal(iou_of_pairs(first, second), np.diag(iou(first, second)))
    assert iou_of_pairs(NONE, NONE).shape == (0,)


def test_iou_of_empty_boxes_is_zero() -> None:
    empty = boxes((3, 3, 3, 3))
    np.testing.assert_array_equal(iou(empty, empty), [[0]])


def test_no_boxes_are_a_value() -> None:
    some = boxes((0, 0, 1, 1), (0, 0, 2, 2))
    assert areas(NONE).shape == (0,)
    assert centres(NONE).shape == (0, 2)
    assert sides(NONE).shape == (0,)
    assert iou(NONE, some).shape == intersections(NONE, some).shape == (0, 2)
    assert iou(some, NONE).shape == (2, 0)
    assert squares_about(np.zeros((0, 2)), np.zeros(0)).shape == (0, 4)
    assert faces_of_squares(NONE, width=0.87, height=1.15).shape == (0, 4)


def test_arguments_stay_as_they_are() -> None:
    given = boxes((0, 0, 4, 4), (2, 2, 6, 6))
    before = given.copy()
    given.flags.writeable = False
    iou(given, given)
    faces_of_squares(given, width=0.87, height=1.15)
    np.testing.assert_array_equal(given, before)


def test_centres_and_sides_give_the_squares_back() -> None:
    squares = boxes((0, 0, 4, 4), (-3, 2.5, 7, 12.5))
    np.testing.assert_array_equal(squares_about(centres(squares), sides(squares)), squares)


def test_results_are_float32() -> None:
    squares = squares_about(np.array([[1.0, 2.0]]), np.array([4.0]))
    for result in (
        squares,
        areas(squares),
        iou(squares, squares),
        faces_of_squares(squares, width=1, height=1),
    ):
        assert result.dtype == np.float32


def test_square_of_an_upright_face() -> None:
    # d = 20: side 47; the centre 4 above the midpoint (100, 60).
    assert square_of_eyes_and_mouth((100, 50), (100, 70)) == pytest.approx((76.5, 32.5, 123.5, 79.5))


def test_square_of_a_face_that_lies_on_its_side() -> None:
    # Eyes to the left of the mouth: the centre moves left.
    assert square_of_eyes_and_mouth((50, 100), (70, 100)) == pytest.approx((32.5, 76.5, 79.5, 123.5))


def test_equal_points_give_an_empty_square() -> None:
    assert square_of_eyes_and_mouth((5, 6), (5, 6)) == (5, 6, 5, 6)


def test_square_of_a_box_keeps_centre_and_area() -> None:
    x1, y1, x2, y2 = square_of_box((10, 20, 14, 29))
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == (12, 24.5)
    assert x2 - x1 == y2 - y1 == 6


def test_square_of_an_ellipse() -> None:
    assert square_of_ellipse(9, 4, 100, 50) == (94, 44, 106, 56)


def test_reported_faces_share_the_centre_of_their_squares() -> None:
    faces = faces_of_squares(boxes((0, 0, 100, 100)), width=0.8, height=1.2)
    np.testing.assert_allclose(faces, [[10, -10, 90, 110]], rtol=1e-5)
