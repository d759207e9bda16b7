from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest

from smilecascade.bundle import Align, Judge
from smilecascade.detect.cascade import Detector
from smilecascade.detect.level import Level, Stage
from smilecascade.geometry.boxes import iou
from smilecascade.mipmaps import Mipmaps
from smilecascade.specs import CascadeSpec

MakeLevel = Callable[..., Level]
MakeAlign = Callable[..., Align]

WHITE = [18, 14, 42, 38]
ALIGN_WINDOW = 16


@dataclass
class FakeBundle:
    """As much of a bundle as a detector asks for."""

    levels: tuple[Level, ...]
    max_iou: float = 0.3
    aligner: Align | None = None
    threads: list[int | None] = field(default_factory=list)

    @property
    def spec(self) -> CascadeSpec:
        levels = tuple(level.spec for level in self.levels)
        return CascadeSpec(levels=levels, max_iou=self.max_iou, align_window=ALIGN_WINDOW)

    def judges(self, threads: int | None) -> tuple[Judge, ...]:
        self.threads.append(threads)
        return tuple(level.judge for level in self.levels)

    def align(self, threads: int | None) -> Align | None:
        self.threads.append(threads)
        return self.aligner


@pytest.fixture
def detector(make_level: MakeLevel) -> Detector:
    """Three levels, each asking for more brightness than the one before."""
    thresholds = enumerate((0.5, 0.7, 0.9), start=1)
    levels = tuple(make_level(number, min_score=score) for number, score in thresholds)
    return Detector(FakeBundle(levels))  # type: ignore[arg-type]


@pytest.fixture
def two(bright: np.ndarray) -> np.ndarray:
    """A white square and a grey one, which the last level refuses."""
    image = bright.copy()
    image[6:30, 50:74] = 200
    return image


def test_the_square_is_found(detector: Detector, bright: np.ndarray) -> None:
    found = detector.windows(bright, min_face=24)
    assert found.boxes[0].tolist() == WHITE
    assert found.scores[0] == 1


def test_faces_have_the_usual_shape(detector: Detector, bright: np.ndarray) -> None:
    face = detector.faces(bright, min_face=24)[0]
    assert face.box == pytest.approx((30 - 0.435 * 24, 26 - 0.575 * 24, 30 + 0.435 * 24, 26 + 0.575 * 24))
    assert face.score == 1
    assert face.points is None
    assert {type(value) for value in (*face.box, face.score)} == {float}


def test_faces_come_best_first(detector: Detector, two: np.ndarray) -> None:
    scores = [face.score for face in detector.faces(two, min_face=24, min_score=0)]
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)


def test_stages_are_told_in_order(detector: Detector, bright: np.ndarray) -> None:
    stages: list[Stage] = []
    found = detector.windows(bright, min_face=24, watch=stages.append)
    steps = [(stage.level, stage.step) for stage in stages]
    within = [(level, step) for level in (1, 2, 3) for step in ("classified", "calibrated", "filtered")]
    assert steps == [*within, (0, "reported")]
    for before, after in pairwise(stages):
        assert after.entered == len(before.candidates)
    assert stages[-1].candidates is found


def test_the_last_look_is_told_after_all(
    make_level: MakeLevel, make_align: MakeAlign, two: np.ndarray
) -> None:
    stages: list[Stage] = []
    align = make_align(displacement=(0.1, 0, 0))
    detector = Detector(FakeBundle((make_level(min_score=0.7),), aligner=align))  # type: ignore[arg-type]
    found = detector.windows(two, min_face=24, watch=stages.append)
    reported, aligned = stages[-2:]
    assert [(stage.level, stage.step) for stage in (reported, aligned)] == [(0, "reported"), (0, "aligned")]
    assert aligned.entered == len(reported.candidates) == len(found) > 1
    assert aligned.candidates is found
    assert aligned.elapsed_s >= 0
    assert align.asked == [(len(found), ALIGN_WINDOW, ALIGN_WINDOW, 4)]  # type: ignore[attr-defined]
    # The grey square is moved less than the white one, and the scores are those of the last level.
    assert (reported.candidates.boxes - found.boxes)[:, 0].tolist() == pytest.approx(24 * 0.1 * found.scores)
    assert found.scores is reported.candidates.scores


def test_without_an_aligner_faces_lie_as_filtered(detector: Detector, bright: np.ndarray) -> None:
    stages: list[Stage] = []
    found = detector.windows(bright, min_face=24, watch=stages.append)
    assert stages[-1].step == "reported"
    assert found.points is None


@pytest.mark.parametrize("min_score", [0.0, 0.6, 0.95, 1.0])
def test_min_score_replaces_the_last_threshold_alone(
    detector: Detector, two: np.ndarray, min_score: float
) -> None:
    usual: list[Stage] = []
    asked: list[Stage] = []
    detector.windows(two, min_face=24, watch=usual.append)
    found = detector.windows(two, min_face=24, min_score=min_score, watch=asked.append)
    for stage, same in zip(usual[:6], asked[:6], strict=True):
        np.testing.assert_array_equal(stage.candidates.boxes, same.candidates.boxes)
    assert (found.scores >= np.float32(min_score)).all()
    assert detector.levels[-1].spec.min_score == 0.9


def test_a_lower_min_score_finds_what_a_higher_found(detector: Detector, two: np.ndarray) -> None:
    found = [detector.windows(two, min_face=24, min_score=score) for score in (0.95, 0.7, 0.0)]
    best, more, most = ({tuple(box) for box in kept.boxes.tolist()} for kept in found)
    assert best <= more <= most
    assert len(best) < len(most)


def test_the_last_filter_works_across_scales(make_level: MakeLevel) -> None:
    white = np.full((60, 80, 3), 255, np.uint8)
    detector = Detector(FakeBundle((make_level(),)))  # type: ignore[arg-type]
    before = detector.survivors(Mipmaps(white), min_face=24)
    after = detector.windows(white, min_face=24)
    assert len(np.unique(before.scales)) == 4
    assert 1 <= len(after) < len(before)
    others = iou(after.boxes, after.boxes)[~np.eye(len(after), dtype=bool)]
    assert (others <= 0.3).all()


@pytest.mark.parametrize("shape", [(0, 0, 3), (0, 10, 3), (10, 0, 3)])
def test_a_photo_of_zero_area_has_no_faces(detector: Detector, shape: tuple[int, ...]) -> None:
    stages: list[Stage] = []
    assert detector.faces(np.zeros(shape, np.uint8), min_face=24, watch=stages.append) == []
    assert stages == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 300, 3), (300, 1, 3), (23, 15, 3)])
def test_a_photo_smaller_than_any_face_has_none(detector: Detector, shape: tuple[int, ...]) -> None:
    assert detector.faces(np.full(shape, 255, np.uint8), min_face=40) == []


def test_nothing_bright_is_nothing_found(detector: Detector) -> None:
    assert detector.faces(np.zeros((60, 80, 3), np.uint8), min_face=24) == []


def test_one_level_alone_is_a_detector(make_level: MakeLevel, bright: np.ndarray) -> None:
    detector = Detector(FakeBundle((make_level(),)))  # type: ignore[arg-type]
    assert detector.windows(bright, min_face=24).boxes.tolist() == [WHITE]
    assert len(detector.windows(bright, min_face=24, min_score=0.2)) > 1


def test_faces_are_moved_and_their_points_are_named(
    make_level: MakeLevel, make_align: MakeAlign, bright: np.ndarray
) -> None:
    points = [(-0.2, -0.1), (0.2, -0.1), (0.0, 0.1), (-0.15, 0.3), (0.15, 0.3)]
    align = make_align(displacement=(0.17, 0, 0), points=points)
    detector = Detector(FakeBundle((make_level(),), aligner=align))  # type: ignore[arg-type]
    face = detector.faces(bright, min_face=24)[0]
    assert np.array(face.points) == pytest.approx(np.array(points) * 24 + (30, 26))
    assert (face.box[0] + face.box[2]) / 2 == pytest.approx(30 - 0.17 * 24)
    assert {type(value) for point in face.points or () for value in point} == {float}


def test_where_nothing_is_found_nothing_is_looked_at_again(
    make_level: MakeLevel, make_align: MakeAlign
) -> None:
    align = make_align()
    detector = Detector(FakeBundle((make_level(),), aligner=align))  # type: ignore[arg-type]
    assert detector.faces(np.zeros((60, 80, 3), np.uint8), min_face=24) == []
    assert align.asked == []  # type: ignore[attr-defined]


def test_threads_are_passed_on(make_level: MakeLevel) -> None:
    bundle = FakeBundle((make_level(),))
    Detector(bundle, 3)  # type: ignore[arg-type]
    Detector(bundle)  # type: ignore[arg-type]
    assert bundle.threads == [3, 3, None, None]


def test_the_photo_stays_as_it_is(detector: Detector, bright: np.ndarray) -> None:
    before = bright.copy()
    bright.flags.writeable = False
    detector.faces(bright, min_face=24)
    np.testing.assert_array_equal(bright, before)
