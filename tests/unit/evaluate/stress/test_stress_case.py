import numpy as np
import pytest
from discs import SQUARE, label, seen

from smilecascade.evaluate.stress.case import LEAST_SIDE, Case, cropped, rolled, scaled
from smilecascade.records import AnnotatedPhoto


def test_the_largest_face_is_wanted_and_the_others_are_excused(photo, image: np.ndarray) -> None:
    small, forgotten, ignored = (0, 0, 50, 50), (200, 100, 250, 150), (0, 100, 30, 130)
    others = (label(small), label(forgotten, "unlabelled"), label(ignored, "ignore"))
    case = Case.of(photo(*others), image, 20)
    assert case.truth.wanted.tolist() == [list(SQUARE)]
    assert case.truth.optional.tolist() == [list(small), list(ignored)]
    assert case.truth.unlabelled.tolist() == [list(forgotten)]
    assert (case.side, case.min_face) == (60, 20)


@pytest.mark.parametrize(
    "square",
    [(100, 100, 100 + LEAST_SIDE - 1, 100 + LEAST_SIDE - 1), (-6, 60, 54, 120), (120, 2, 180, 62)],
)
def test_a_face_that_is_small_or_cut_is_no_case(image: np.ndarray, square) -> None:
    photo = AnnotatedPhoto(path="a", name="a", faces=(label(square),))
    assert Case.of(photo, image, 20) is None
    assert Case.of(AnnotatedPhoto(path="a", name="a"), image, 20) is None


def assert_the_label_lies_where_the_disc_is(case: Case) -> None:
    np.testing.assert_allclose(case.truth.wanted[0], seen(case.image), atol=1.5)


@pytest.mark.parametrize("factor", [0.2, 0.77, 1, 1.5])
def test_labels_are_scaled_with_the_photo(case: Case, factor: float) -> None:
    changed = scaled(case, factor)
    assert changed.image.shape == (round(200 * factor), round(300 * factor), 3)
    assert_the_label_lies_where_the_disc_is(changed)


@pytest.mark.parametrize("degrees", [-165, -90, -37, 0, 15, 90, 120, 180])
def test_labels_turn_with_the_photo(case: Case, degrees: float) -> None:
    changed = rolled(case, degrees)
    assert_the_label_lies_where_the_disc_is(changed)
    assert changed.side == pytest.approx(60)


def test_a_photo_turns_clockwise(case: Case) -> None:
    """The disc lies above the middle, so that a quarter turn brings it to the right."""
    x1, _, x2, _ = rolled(case, 90).truth.wanted[0]
    assert (x1 + x2) / 2 == pytest.approx(110)
    assert rolled(case, 90).image.shape == (300, 200, 3)


def test_labels_stay_in_place_when_the_photo_is_cut(case: Case) -> None:
    assert_the_label_lies_where_the_disc_is(cropped(case, (100.4, 20.6, 200, 160)))
    half = cropped(case, (150, 0, 300, 200))
    assert half.truth.wanted.tolist() == [[-30, 60, 30, 120]]
    assert cropped(case, (-50, -50, 9000, 9000)).image.shape == case.image.shape
    assert cropped(case, (299.9, 199.9, 300, 200)).image.shape == (1, 1, 3)


def test_the_case_itself_stays_as_it_is(case: Case) -> None:
    before = case.image.copy()
    for changed in (scaled(case, 0.5), rolled(case, 30), cropped(case, (100, 50, 200, 150))):
        assert changed.truth.wanted.tolist() != case.truth.wanted.tolist()
    np.testing.assert_array_equal(case.image, before)
    assert case.truth.wanted.tolist() == [list(SQUARE)]
