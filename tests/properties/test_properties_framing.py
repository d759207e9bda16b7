from math import cos, hypot, sin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smilecascade.datasets.framing import Framing, nose_base
from smilecascade.geometry.boxes import Box

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
def test_a_nose_moves_from_its_tip_to_its_base(
    x: float, y: float, down_x: float, down_y: float, off: float, along: float
) -> None:
    """Towards the mouth, and towards the line from the eyes to it, however the face is turned."""
    assume(abs(down_x) + abs(down_y) > 1)
    eyes, mouth = (x, y), (x + down_x, y + down_y)
    tip = (x + along * down_x - off * down_y, y + along * down_y + off * down_x)
    base = nose_base(eyes, mouth, tip)
    wanted = along + 0.13, 0.25 * off
    expected = (
        x + wanted[0] * down_x - wanted[1] * down_y,
        y + wanted[0] * down_y + wanted[1] * down_x,
    )
    assert base == pytest.approx(expected, abs=1e-6)


def test_a_face_without_length_keeps_its_nose() -> None:
    assert nose_base((1, 1), (1, 1), (2, 3)) == (2, 3)
