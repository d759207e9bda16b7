from math import nan

import pytest

from smilecascade.express import EMOTIONS, Expression, FaceShape, face_of
from smilecascade.express.face import FACES, RANGES, SHUT

of = Expression.of


@pytest.mark.parametrize("name", EMOTIONS)
def test_a_sure_expression_has_its_own_face(name: str) -> None:
    assert face_of(of(**{name: 1.0})) == FACES[name]


def test_half_a_smile_is_half_a_smile() -> None:
    none, half, whole = (face_of(of(happiness=share)).mouth_curve for share in (0.0, 0.5, 1.0))
    assert half == pytest.approx((none + whole) / 2)


def test_eyes_are_closed_as_they_were_seen() -> None:
    faces = [face_of(of(eyes_closed=(seen, 0.1))) for seen in (0.1, 0.5, 0.9)]
    assert [face.left_eye for face in faces] == pytest.approx([1, 0.5, 0])
    assert {face.right_eye for face in faces} == {1}


@pytest.mark.parametrize("name", EMOTIONS)
def test_a_mouth_that_was_seen_shut_or_open_is_so(name: str) -> None:
    shut, usual, opened = (face_of(of(**{name: 1.0}, mouth_open=seen)).mouth_open for seen in (0, None, 1))
    assert shut <= SHUT < opened
    assert shut <= usual <= opened


def test_a_smile_that_the_expression_does_not_know_of_is_seen() -> None:
    curves = [face_of(of(smile=smile)).mouth_curve for smile in (None, 0, 0.5, 1)]
    assert curves[0] == curves[1] < curves[2] < curves[3]


def test_a_smile_that_the_expression_knows_of_is_not_counted_twice() -> None:
    assert face_of(of(happiness=0.8, smile=0.8)) == face_of(of(happiness=0.8))


@pytest.mark.parametrize("name", RANGES)
def test_no_parameter_is_out_of_its_range(name: str) -> None:
    low, high = RANGES[name]
    for value in (low - 0.1, high + 0.1, nan):
        with pytest.raises(ValueError, match=f"{name}: expected a number from {low:g} to {high:g}"):
            FaceShape(**{name: value})
