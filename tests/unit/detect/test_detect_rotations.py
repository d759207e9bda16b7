from types import SimpleNamespace

import numpy as np
import pytest

from smilecascade.bundle import open_bundle
from smilecascade.detect.cascade import Detector
from smilecascade.detect.rotations import ROTATIONS, check_rotations, rotated_faces
from smilecascade.images import read
from smilecascade.records import Candidates, Face

#: A white square in a photo 60 high and 90 wide.
SQUARE = (10.0, 30.0, 30.0, 50.0)


class Marks:
    """Finds the white square of a photo, 0.8 as wide as high, its left upper corner one of its points.

    The score is that of the rotation, by how often the photo was looked at before.
    """

    spec = SimpleNamespace(max_iou=0.3)

    def __init__(self, *scores: float) -> None:
        self.scores = list(scores)

    def windows(self, image: np.ndarray, *, min_face: float, min_score: float | None) -> Candidates:
        rows, columns = np.nonzero(image[..., 0])
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return Candidates(
            boxes=np.array([box], np.float32),
            scores=np.array([self.scores.pop(0)], np.float32),
            scales=np.zeros(1, np.int32),
        )

    def reported(self, found: Candidates) -> list[Face]:
        ((x1, y1, x2, y2),) = found.boxes.tolist()
        box = (x1 + 2, y1, x2 - 2, y2)
        return [Face(box=box, score=float(found.scores[0]), points=((x1, y1),) * 5)]


@pytest.fixture
def photo() -> np.ndarray:
    image = np.zeros((60, 90, 3), np.uint8)
    image[30:50, 10:30] = 255
    return image


@pytest.mark.parametrize(
    ("rotation", "box", "corner"),
    [
        (0, (12, 30, 28, 50), (10, 30)),
        (90, (10, 32, 30, 48), (30, 30)),
        (180, (12, 30, 28, 50), (30, 50)),
        (270, (10, 32, 30, 48), (10, 50)),
    ],
)
def test_what_is_found_in_the_turned_photo_is_laid_back(
    photo: np.ndarray, rotation: int, box: tuple[float, ...], corner: tuple[float, float]
) -> None:
    """A box of a face on its side lies, too, and the corner is the left upper one of the upright face."""
    (face,) = rotated_faces(Marks(0.9), photo, (rotation,), min_face=20)
    assert face.box == pytest.approx(box)
    assert face.points == (pytest.approx(corner),) * 5


@pytest.mark.parametrize("best", range(4))
def test_of_what_is_found_in_several_rotations_the_best_stays(photo: np.ndarray, best: int) -> None:
    scores = [0.5, 0.5, 0.5, 0.5]
    scores[best] = 0.9
    (face,) = rotated_faces(Marks(*scores), photo, ROTATIONS, min_face=20)
    (alone,) = rotated_faces(Marks(0.9), photo, ROTATIONS[best : best + 1], min_face=20)
    assert face == alone


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(open_bundle(), 1)


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_a_face_that_leans_is_found_where_it_is(detector: Detector, astronaut, rotation: int) -> None:
    image = read(astronaut)[:300, 60:460]
    (upright,) = rotated_faces(detector, image, (0,), min_face=60)
    leaning = np.rot90(image, -rotation // 90)
    found = rotated_faces(detector, leaning, ROTATIONS, min_face=60)
    assert found[0].roll == pytest.approx((upright.roll + rotation + 180) % 360 - 180, abs=3)
    (face,) = rotated_faces(detector, leaning, (rotation,), min_face=60)
    assert face.score == pytest.approx(upright.score)
    ((x, y), *_), (height, width) = upright.points, image.shape[:2]
    places = {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}
    assert face.points[0] == pytest.approx(places[rotation], abs=1e-3)


def test_upright_alone_is_ordinary_detection(detector: Detector, astronaut) -> None:
    image = read(astronaut)
    assert rotated_faces(detector, image, (0,), min_face=60) == detector.faces(image, min_face=60)


def test_a_photo_of_zero_area_has_no_faces(detector: Detector) -> None:
    assert rotated_faces(detector, np.zeros((0, 5, 3), np.uint8), ROTATIONS, min_face=40) == []


def test_rotations_are_right_angles_each_once() -> None:
    assert check_rotations([90, 0, 90]) == (90, 0)
    for wrong in ([], [45], [-90], [0, 360]):
        with pytest.raises(ValueError, match=r"rotations: expected some of \(0, 90, 180, 270\), got"):
            check_rotations(wrong)
