from math import cos, hypot, sin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smilecascade.datasets.framing import Framing, in_five_points_style
from smilecascade.geometry.boxes import Box
from smilecascade.records import Landmarks

lengths = st.floats(-1e3, 1e3)
sides = st.floats(1, 1e3)
shifts = st.floats(-1, 1)
scales = st.floats(0.25, 4)
angles = st.floats(-4, 4)


@st.composite
def squares(draw: st.DrawFn) -> Box:
    x, y, side = draw(lengths), draw(lengths), draw(sides)
    return (x, y, x + side, y + side)


@given(squares())
def test_the_default_framing_changes_nothing(square: Box) -> None:
    assert Framing().canonical(square) == pytest.approx(square)


@given(squares(), shifts, scales, angles)
def test_a_framing_has_an_inverse(square: Box, down: float, scale: float, angle: float) -> None:
    axis = (cos(angle), sin(angle))
    there = Framing(down=down, scale=scale).canonical(square, axis)
    back = Framing(down=-down / scale, scale=1 / scale).canonical(there, axis)
    assert back == pytest.approx(square, abs=1e-6)


@given(squares(), shifts, scales, angles)
def test_a_framing_is_measured_in_sides(square: Box, down: float, scale: float, angle: float) -> None:
    side = square[2] - square[0]
    moved = Framing(down=down, scale=scale).canonical(square, (cos(angle), sin(angle)))
    assert (moved[2] - moved[0], moved[3] - moved[1]) == pytest.approx((scale * side, scale * side), abs=1e-6)
    dx = (moved[0] + moved[2] - square[0] - square[2]) / 2
    dy = (moved[1] + moved[3] - square[1] - square[3]) / 2
    assert hypot(dx, dy) == pytest.approx(abs(down) * side, abs=1e-6)


@given(lengths, lengths, lengths, lengths, st.floats(-0.5, 0.5), st.floats(0, 1))
def test_nose_and_mouth_rise_by_the_same_shares_however_a_face_is_turned(
    x: float, y: float, down_x: float, down_y: float, off: float, along: float
) -> None:
    assume(abs(down_x) + abs(down_y) > 1)
    nose = (x + along * down_x - off * down_y, y + along * down_y + off * down_x)
    marked = Landmarks(left_eye=(x - 1, y), right_eye=(x + 1, y), nose=nose, mouth=(x + down_x, y + down_y))
    usual = in_five_points_style(marked)
    assert (usual.left_eye, usual.right_eye) == (marked.left_eye, marked.right_eye)
    assert usual.nose == pytest.approx((nose[0] - 0.19 * down_x, nose[1] - 0.19 * down_y), abs=1e-6)
    assert usual.mouth == pytest.approx((x + 0.925 * down_x, y + 0.925 * down_y), abs=1e-6)


@pytest.mark.parametrize(
    "points",
    [
        Landmarks(),
        Landmarks(left_eye=(1, 1), right_eye=(3, 1), mouth=(2, 4)),
        Landmarks(left_eye=(1, 1), right_eye=(3, 1), nose=(2, 2), left_mouth=(1, 4), right_mouth=(3, 4)),
    ],
)
def test_points_that_cannot_or_need_not_be_changed_stay(points: Landmarks) -> None:
    assert in_five_points_style(points) == points
