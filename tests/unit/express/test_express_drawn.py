import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from smilecascade.express import EMOTIONS, Expression, face_of, to_pixels, to_svg

FACES = {name: face_of(Expression.of(**{name: 1.0})) for name in EMOTIONS}
SIZES = [12, 16, 64, 250]


@pytest.mark.parametrize("size", SIZES)
def test_pixels_are_a_square_of_colours_with_opacity(size: int) -> None:
    pixels = to_pixels(FACES["happiness"], size)
    assert pixels.shape == (size, size, 4)
    assert pixels.dtype == np.uint8


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", EMOTIONS)
def test_a_head_is_a_solid_disc_on_nothing(name: str, size: int) -> None:
    opacity = to_pixels(FACES[name], size, 30)[..., 3]
    x = np.arange(size) + 0.5 - size / 2
    radius = np.hypot(x[None], x[:, None])
    assert (opacity[radius < 0.97 * size / 2 - 1] == 255).all()
    assert (opacity[radius > 0.97 * size / 2 + 1] == 0).all()


@pytest.mark.parametrize("size", SIZES)
def test_expressions_can_be_told_apart(size: int) -> None:
    pictures = [to_pixels(face, size).astype(float) for face in FACES.values()]
    for i, first in enumerate(pictures):
        assert all(np.abs(first - second).mean() > 2 for second in pictures[:i])


def test_a_quarter_of_a_turn_turns_the_picture() -> None:
    upright, turned = (to_pixels(FACES["contempt"], 64, roll).astype(int) for roll in (0, 90))
    differences = np.abs(turned - np.rot90(upright, -1))
    assert differences[turned[..., 3] > 8].max() <= 2


def test_the_mouth_of_a_head_that_leans_clockwise_is_on_the_left() -> None:
    pixels = to_pixels(FACES["surprise"], 64, 90).astype(int)
    rows, columns = np.nonzero((pixels[..., 0] < 110) & (pixels[..., 1] < 40) & (pixels[..., 3] == 255))
    assert columns.min() < 24
    assert abs(rows[columns < 24].mean() - 31.5) < 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", EMOTIONS)
def test_svg_is_made_of_paths_ellipses_and_gradients(name: str, size: int) -> None:
    root = ElementTree.fromstring(to_svg(FACES[name], size, 12.5))
    tags = {element.tag.partition("}")[2] for element in root.iter()}
    plain = {"svg", "defs", "g", "path", "ellipse", "radialGradient", "linearGradient", "stop"}
    assert tags <= plain
    assert (root.get("width"), root.get("height")) == (str(size), str(size))


@pytest.mark.parametrize("name", EMOTIONS)
def test_svg_refers_to_nothing_but_its_own_gradients(name: str) -> None:
    text = to_svg(FACES[name], 64)
    assert set(re.findall(r"url\(#(\w+)\)", text)) == set(re.findall(r'id="(\w+)"', text))
    assert re.findall(r'https?://[^"]*', text) == ["http://www.w3.org/2000/svg"]
    assert "href" not in text


@pytest.mark.parametrize("name", EMOTIONS)
def test_svg_lies_within_its_view(name: str) -> None:
    root = ElementTree.fromstring(to_svg(FACES[name], 64))
    for element in root.iter():
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", element.get("d", ""))]
        assert all(-100 <= number <= 100 for number in numbers)
        x, y, rx, ry = (float(element.get(key, 0)) for key in ("cx", "cy", "rx", "ry"))
        assert abs(x) + rx <= 100
        assert abs(y) + ry <= 100


def test_the_same_gradient_has_the_same_name_in_every_smiley_and_no_other_has_it() -> None:
    named: dict[str, str] = {}
    for face in FACES.values():
        for name, gradient in re.findall(r'<\w+Gradient id="(\w+)"(.*)', to_svg(face, 64)):
            assert named.setdefault(name, gradient) == gradient


@pytest.mark.parametrize("name", EMOTIONS)
def test_svg_is_small(name: str) -> None:
    assert len(to_svg(FACES[name], 512, 12.3456)) < 6000


def test_small_pictures_have_fewer_details() -> None:
    counts = [to_svg(FACES["fear"], size).count("<ellipse") for size in (16, 32, 64)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_lines_of_small_pictures_are_thicker() -> None:
    widths = [
        float(re.findall(r'stroke-width="([\d.]+)"', to_svg(FACES["anger"], s))[-1]) for s in (16, 32, 64)
    ]
    assert all(small > large for small, large in pairwise(widths))


@pytest.mark.parametrize("draw", [to_pixels, to_svg])
@pytest.mark.parametrize("size", [11, 2049, 64.5, 0, -3])
def test_a_size_that_is_none_is_refused(draw, size: float) -> None:
    with pytest.raises(
        ValueError, match=f"size: expected a whole number of pixels from 12 to 2048, got {size}"
    ):
        draw(FACES["fear"], size)


@pytest.mark.parametrize("draw", [to_pixels, to_svg])
def test_a_roll_that_is_none_is_refused(draw) -> None:
    with pytest.raises(ValueError, match="roll: expected a number of degrees, got nan"):
        draw(FACES["fear"], 64, float("nan"))
