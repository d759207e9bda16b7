from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from smilecascade.detect.level import Watcher
from smilecascade.mipmaps import Mipmaps
from smilecascade.records import AnnotatedPhoto, Candidates, Face, FaceLabel
from smilecascade.train.thresholds import best_scores, threshold_at_alarms, threshold_for

MakeLabel = Callable[..., FaceLabel]
MakePhoto = Callable[..., AnnotatedPhoto]

FLAT = np.zeros((60, 90, 3), np.uint8)


class FakeDetector:
    """Finds, in every photo, these windows: x, y, side, score."""

    def __init__(self, *rows: tuple[float, float, float, float]) -> None:
        self.rows = np.array(rows, np.float32).reshape(-1, 4)

    def survivors(
        self, photo: Mipmaps, *, min_face: float, min_score: float | None = None, watch: Watcher | None = None
    ) -> Candidates:
        x, y, side, score = self.rows.T
        boxes = np.stack([x, y, x + side, y + side], axis=1)
        return Candidates(boxes=boxes, scores=score, scales=np.zeros(len(score), np.int32))

    def faces(self, image: np.ndarray, *, min_face: float) -> list[Face]:
        return [Face(box=(x, y, x + side, y + side), score=score) for x, y, side, score in self.rows.tolist()]


def scores_of(detector: FakeDetector, *photos: AnnotatedPhoto, least_iou: float = 0.5) -> list[float]:
    found = best_scores(detector, photos, min_face=20, least_iou=least_iou)  # type: ignore[arg-type]
    assert found.dtype == np.float32
    return [round(float(score), 3) for score in found]


def test_a_face_has_the_score_of_its_best_window(label: MakeLabel, make_photo: MakePhoto) -> None:
    photo = make_photo(FLAT, label(10, 10, 40, 40))
    detector = FakeDetector((10, 10, 30, 0.3), (12, 10, 30, 0.8), (60, 10, 30, 0.9))
    assert scores_of(detector, photo) == [0.8]


def test_a_window_must_overlap_enough(label: MakeLabel, make_photo: MakePhoto) -> None:
    photo = make_photo(FLAT, label(10, 10, 40, 40))
    detector = FakeDetector((20, 10, 30, 0.9))  # IoU 600/1200
    assert scores_of(detector, photo, least_iou=0.5) == [0.9]
    assert scores_of(detector, photo, least_iou=0.51) == [0]


def test_one_window_may_keep_two_faces(label: MakeLabel, make_photo: MakePhoto) -> None:
    photo = make_photo(FLAT, label(10, 10, 40, 40), label(14, 10, 44, 40))
    assert scores_of(FakeDetector((12, 10, 30, 0.7)), photo) == [0.7, 0.7]


def test_faces_that_nothing_finds_have_none(label: MakeLabel, make_photo: MakePhoto) -> None:
    assert scores_of(FakeDetector(), make_photo(FLAT, label(10, 10, 40, 40))) == [0]


def test_only_true_faces_of_24_pixels_are_asked_for(label: MakeLabel, make_photo: MakePhoto) -> None:
    faces = (
        label(0, 0, 23, 23),
        label(0, 0, 24, 24),
        label(0, 0, 30, 30, role="ignore"),
        label(0, 0, 30, 30, role="unlabelled"),
    )
    assert len(scores_of(FakeDetector(), make_photo(FLAT, *faces))) == 1


def test_photos_without_faces_are_not_even_read(tmp_path: Path) -> None:
    assert scores_of(FakeDetector(), AnnotatedPhoto(path=tmp_path / "missing.jpg", name="missing.jpg")) == []


def test_no_photos_give_no_scores() -> None:
    assert scores_of(FakeDetector()) == []


@pytest.mark.parametrize(
    ("recall", "threshold"), [(1.0, 0.1), (0.75, 0.2), (0.5, 0.3), (0.51, 0.2), (0.01, 0.4)]
)
def test_the_highest_threshold_that_keeps_enough(recall: float, threshold: float) -> None:
    scores = np.array([0.3, 0.1, 0.4, 0.2], np.float32)
    assert threshold_for(scores, recall) == pytest.approx(threshold)
    assert scores.tolist() == np.float32([0.3, 0.1, 0.4, 0.2]).tolist()


@pytest.mark.parametrize("recall", [0.9, 0.97, 0.99, 0.995])
def test_a_threshold_keeps_what_it_promises(recall: float) -> None:
    scores = np.random.default_rng(0).random(879).astype(np.float32)
    threshold = threshold_for(scores, recall)
    assert (scores >= threshold).mean() >= recall
    assert (scores > threshold).mean() < recall


def test_a_threshold_never_lets_everything_through() -> None:
    assert threshold_for(np.zeros(4, np.float32), 1.0) == 0.001
    assert threshold_for(np.zeros(0, np.float32), 0.99) == 0.001


def twenty(make_photo: MakePhoto, face: FaceLabel) -> list[AnnotatedPhoto]:
    return [make_photo(FLAT, face, name=f"{number}.png") for number in range(20)]


def test_alarms_decide_the_threshold_that_users_see(label: MakeLabel, make_photo: MakePhoto) -> None:
    photos = twenty(make_photo, label(10, 10, 40, 40))
    detector = FakeDetector((10, 10, 30, 0.9), (60, 10, 30, 0.4), (60, 30, 28, 0.2))
    threshold = threshold_at_alarms(detector, photos, min_face=20)  # type: ignore[arg-type]
    assert 0.4 < threshold <= np.float32(0.9)


class FakeDetectorOfGrey(FakeDetector):
    """Finds the face in every photo, and beside it an alarm whose score the photo's grey tells."""

    def faces(self, image: np.ndarray, *, min_face: float) -> list[Face]:
        alarm = 0.3 + image[0, 0, 0] / 100
        return [Face(box=(10, 10, 40, 40), score=0.9), Face(box=(60, 10, 90, 40), score=float(alarm))]


def test_one_alarm_in_twenty_photos_is_allowed(label: MakeLabel, make_photo: MakePhoto) -> None:
    face = label(10, 10, 40, 40)
    photos = [make_photo(FLAT + np.uint8(grey), face, name=f"{grey}.png") for grey in range(20)]
    threshold = threshold_at_alarms(FakeDetectorOfGrey(), photos, min_face=20)  # type: ignore[arg-type]
    assert 0.48 < threshold <= np.float32(0.49)


def test_without_alarms_every_face_is_reported(label: MakeLabel, make_photo: MakePhoto) -> None:
    detector = FakeDetector((10, 10, 30, 0.3))
    photos = twenty(make_photo, label(10, 10, 40, 40))
    threshold = threshold_at_alarms(detector, photos, min_face=20)  # type: ignore[arg-type]
    assert threshold <= np.float32(0.3)


def test_where_nothing_but_alarms_is_found_nothing_is_reported(
    label: MakeLabel, make_photo: MakePhoto
) -> None:
    photos = twenty(make_photo, label(10, 10, 40, 40))
    threshold = threshold_at_alarms(FakeDetector((60, 10, 30, 0.7)), photos, min_face=20)  # type: ignore[arg-type]
    assert 0.7 < threshold <= 1
