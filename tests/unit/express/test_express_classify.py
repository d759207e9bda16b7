import numpy as np
import pytest

from smilecascade.express.classify import BATCH, Classifier, eye_windows_of, windows_of
from smilecascade.express.crops import upright
from smilecascade.geometry.boxes import FloatArray, centres, sides
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Face
from smilecascade.specs import CascadeSpec, LevelSpec

SPEC = CascadeSpec(levels=(LevelSpec(net="joint-12", window=12, min_score=0.1),))
POINTS = ((40.0, 45.0), (60.0, 45.0), (50.0, 55.0), (42.0, 65.0), (58.0, 65.0))
FACE = Face(box=(30, 20, 70, 80), score=0.9, points=POINTS)


def leaning(degrees: float) -> Face:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = (np.array(POINTS) - (50, 50)) @ turn.T + (50, 50)
    return Face(box=FACE.box, score=0.9, points=tuple(map(tuple, points)))  # type: ignore[arg-type]


def halves(size: int = 100) -> Pixels:
    """The upper half white, the lower black."""
    image = np.zeros((size, size, 3), np.uint8)
    image[: size // 2] = 255
    return image


def test_the_window_is_the_square_as_wide_as_a_tile_shows_it() -> None:
    windows, rolls = windows_of([FACE], SPEC)
    side = 60 / SPEC.face_height
    assert sides(windows) == pytest.approx([side * SPEC.expression_side])
    assert centres(windows)[0] == pytest.approx((50, 50 - SPEC.expression_rise * side), abs=1e-4)
    assert rolls == pytest.approx([0])


def test_of_a_head_that_leans_up_is_where_its_eyes_are() -> None:
    windows, rolls = windows_of([leaning(90)], SPEC)
    assert rolls == pytest.approx([90])
    assert centres(windows)[0][0] > 50


def test_a_face_without_points_is_taken_as_upright() -> None:
    bare = Face(box=FACE.box, score=0.9)
    assert windows_of([bare], SPEC)[1].tolist() == [0]
    eyes, known = eye_windows_of([bare, FACE], SPEC)
    assert known == [False, True]
    assert centres(eyes[2:]).tolist() == [[40, 45], [60, 45]]


@pytest.mark.parametrize("degrees", [0, 90, 180, -90])
def test_a_crop_is_turned_upright(degrees: float) -> None:
    turned = np.ascontiguousarray(np.rot90(halves(), -round(degrees / 90)))  # rot90 turns anticlockwise
    square = np.array([[10, 10, 90, 90]], np.float32)
    crop = upright(Mipmaps(turned), square, np.array([degrees]), 48)[0, ..., :3]
    assert crop[:22].min() == 255
    assert crop[26:].max() == 0


def test_an_upright_crop_shows_its_square() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    image[20:80, 20:80] = 200
    crop = upright(Mipmaps(image), np.array([[20, 20, 80, 80]], np.float32), np.zeros(1), 30)
    assert crop.shape == (1, 30, 30, 4)
    assert crop[0, 1:-1, 1:-1, :3].min() == 200


def test_no_faces_show_nothing() -> None:
    def never(faces: Pixels, eyes: Pixels) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        raise AssertionError("nobody is to be asked")

    assert Classifier(express=never, spec=SPEC).expressions(Mipmaps(halves()), []) == []
    assert upright(Mipmaps(halves()), np.zeros((0, 4), np.float32), np.zeros(0), 48).shape == (0, 48, 48, 4)


def test_what_the_net_says_comes_back_face_by_face() -> None:
    def express(faces: Pixels, eyes: Pixels) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        n = len(faces)
        assert len(eyes) == 2 * n
        assert n <= BATCH
        emotions = np.zeros((n, 8), np.float32)
        emotions[:, 1] = 1
        says = np.arange(n, dtype=np.float32) / 100
        return emotions, says, 1 - says, np.stack([says, 1 - says], axis=1)

    faces = [FACE] * BATCH + [Face(box=FACE.box, score=0.5)]
    found = Classifier(express=express, spec=SPEC).expressions(Mipmaps(halves()), faces)
    assert len(found) == BATCH + 1
    assert found[3].top == "happiness"
    assert found[3].smile == pytest.approx(0.03)
    assert found[3].mouth_open == pytest.approx(0.97)
    assert found[3].eyes_closed == pytest.approx((0.03, 0.97))
    assert found[-1].eyes_closed is None
