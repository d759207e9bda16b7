"""Laws of calibration: undo∘apply is the identity, and the mean is the weighted one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from smilecascade.geometry.boxes import squares_about
from smilecascade.geometry.calibration import (
    DISPLACEMENTS,
    MIRRORED,
    calibrated,
    displaced,
    expected_displacements,
)

CLASSES = st.integers(0, 44)
CHANCE = np.float32(1 / 45)


@st.composite
def squares(draw: st.DrawFn, count: int) -> np.ndarray:
    centre = draw(arrays.arrays(np.float32, (count, 2), elements=st.floats(-500, 500, width=32)))
    side = draw(arrays.arrays(np.float32, (count,), elements=st.floats(4, 500, width=32)))
    return squares_about(centre, side)


@given(st.data(), st.integers(0, 8))
def test_undoing_a_displacement_gives_the_square_back(data: st.DataObject, count: int) -> None:
    faces = data.draw(squares(count))
    moved = DISPLACEMENTS[data.draw(st.lists(CLASSES, min_size=count, max_size=count))].reshape(-1, 3)
    np.testing.assert_allclose(calibrated(displaced(faces, moved), moved), faces, atol=2e-3)


@given(squares(1), CLASSES)
def test_all_weight_on_one_class_moves_by_exactly_that_class(face: np.ndarray, k: int) -> None:
    expected = expected_displacements(np.eye(45, dtype=np.float32)[[k]])
    np.testing.assert_array_equal(expected, DISPLACEMENTS[[k]])


@pytest.mark.parametrize("ulps", [0, 1])
def test_a_uniform_distribution_leaves_the_window_alone(ulps: int) -> None:
    uniform = np.full((1, 45), CHANCE)
    if ulps:
        uniform = np.nextafter(uniform, np.float32(1))
    np.testing.assert_array_equal(expected_displacements(uniform), np.zeros((1, 3)))


@given(st.lists(CLASSES, min_size=2, max_size=2, unique=True), st.floats(0.05, 0.4))
def test_unequal_weights_give_the_weighted_mean(pair: list[int], weight: float) -> None:
    first, second = pair
    probabilities = np.full((1, 45), 0.001, np.float32)
    probabilities[0, first], probabilities[0, second] = weight, 0.9 - weight
    wanted = (weight * DISPLACEMENTS[first] + (0.9 - weight) * DISPLACEMENTS[second]) / 0.9
    np.testing.assert_allclose(expected_displacements(probabilities)[0], wanted, atol=1e-6)


def test_weights_are_probabilities_and_not_a_mask_of_ones() -> None:
    probabilities = np.zeros((1, 45), np.float32)
    left, right = (int(np.abs(DISPLACEMENTS - row).sum(1).argmin()) for row in ((-0.17, 0, 0), (0.17, 0, 0)))
    probabilities[0, left], probabilities[0, right] = 0.75, 0.25
    np.testing.assert_allclose(expected_displacements(probabilities)[0], (-0.085, 0, 0), atol=1e-6)


@given(CLASSES)
def test_a_mirrored_displacement_is_another_of_the_45(k: int) -> None:
    np.testing.assert_allclose(DISPLACEMENTS[MIRRORED[k]], DISPLACEMENTS[k] * (-1, 1, 1), atol=1e-7)
    assert MIRRORED[MIRRORED[k]] == k


def test_no_windows_stay_no_windows() -> None:
    none = np.zeros((0, 45), np.float32)
    assert expected_displacements(none).shape == (0, 3)
    assert expected_displacements(none, mean_scale="arithmetic").shape == (0, 3)
    assert calibrated(np.zeros((0, 4), np.float32), np.zeros((0, 3), np.float32)).shape == (0, 4)


def test_the_arithmetic_mean_of_the_scale_is_larger_than_the_geometric_one() -> None:
    probabilities = np.zeros((1, 45), np.float32)
    small, large = (int(np.abs(DISPLACEMENTS - (0, 0, np.log(s))).sum(1).argmin()) for s in (1.1**-2, 1.1**2))
    probabilities[0, [small, large]] = 0.5
    geometric = np.exp(expected_displacements(probabilities)[0, 2])
    arithmetic = np.exp(expected_displacements(probabilities, mean_scale="arithmetic")[0, 2])
    assert geometric == pytest.approx(1, abs=1e-6)
    assert arithmetic == pytest.approx((1.1**2 + 1.1**-2) / 2, abs=1e-6)
