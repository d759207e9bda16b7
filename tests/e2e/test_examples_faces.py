"""The shipped bundle on real photos: one face where there is one, none where there is none."""

from importlib.util import find_spec
from pathlib import Path

import pytest

import smilecascade
from smilecascade import images

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def cascade() -> smilecascade.Cascade:
    return smilecascade.load()


@pytest.mark.parametrize(("name", "nose"), [("astronaut.jpg", (222, 125)), ("admiral.jpg", (270, 225))])
def test_one_face_about_the_nose(cascade: smilecascade.Cascade, name: str, nose: tuple[int, int]) -> None:
    photo = images.read(EXAMPLES / name)
    (face,) = cascade.detect(photo)
    x1, y1, x2, y2 = face.box
    third = (x2 - x1) / 3
    assert x1 + third < nose[0] < x2 - third
    assert y1 + third < nose[1] < y2 - third
    assert 60 < x2 - x1 < 240


def test_no_face_at_a_launch(cascade: smilecascade.Cascade) -> None:
    assert cascade.detect(images.read(EXAMPLES / "rocket.jpg")) == []


@pytest.mark.parametrize("name", ["flower.jpg", "china.jpg"])
def test_no_face_in_the_photos_of_scikit_learn(cascade: smilecascade.Cascade, name: str) -> None:
    spec = find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("scikit-learn, whose photos this looks at, is not installed")
    photos = Path(spec.submodule_search_locations[0]) / "datasets" / "images"
    assert cascade.detect(images.read(photos / name)) == []
