import numpy as np
import pytest

from smilecascade.detect.cascade import Stage
from smilecascade.evaluate.levels import LevelTable
from smilecascade.geometry.boxes import Box
from smilecascade.records import Candidates

FACE = (0.0, 0.0, 100.0, 100.0)
#: IoU with FACE: 0.45, enough after level 1 and too little later.
LOOSE = (0.0, 0.0, 100.0, 45.0)
FAR = (500.0, 500.0, 600.0, 600.0)


def _stage(level: int, step: str, entered: int, *boxes: Box, elapsed_s: float = 0.001) -> Stage:
    count = len(boxes)
    candidates = Candidates(
        boxes=np.array(boxes, np.float32).reshape(-1, 4),
        scores=np.ones(count, np.float32),
        scales=np.zeros(count, np.int32),
    )
    return Stage(level=level, step=step, entered=entered, candidates=candidates, elapsed_s=elapsed_s)


def _trace(first: list[Box], second: list[Box], final: list[Box]) -> list[Stage]:
    return [
        _stage(1, "classified", 1000, *first, FAR, elapsed_s=0.004),
        _stage(1, "calibrated", len(first) + 1, *first, FAR, elapsed_s=0.001),
        _stage(1, "filtered", len(first) + 1, *first, elapsed_s=0.001),
        _stage(2, "classified", len(first), *second),
        _stage(2, "filtered", len(second), *second),
        _stage(0, "reported", len(second), *final, elapsed_s=0.0005),
    ]


@pytest.fixture
def two_photos(photo) -> LevelTable:
    table = LevelTable(min_face=20)
    table.add(photo("a", [("face", FACE)]), _trace([FACE, FAR], [FACE, FAR], [FACE]))
    table.add(photo("b", [("face", FACE)]), _trace([LOOSE], [LOOSE], []))
    return table


def test_a_row_a_level_in_the_order_of_the_cascade(two_photos: LevelTable) -> None:
    assert [row.level for row in two_photos.summaries()] == [1, 2, 0]


def test_windows_are_counted_a_photo(two_photos: LevelTable) -> None:
    counts = [(row.entered, row.classified, row.left) for row in two_photos.summaries()]
    assert counts == [(1000, 2.5, 1.5), (1.5, 1.5, 1.5), (1.5, 1.5, 0.5)]


def test_a_face_needs_less_overlap_after_the_first_level(two_photos: LevelTable) -> None:
    assert [row.recall for row in two_photos.summaries()] == [1, 0.5, 0.5]


def test_windows_left_are_counted_for_each_face_kept(photo) -> None:
    table = LevelTable(min_face=20)
    faces = [("face", FACE), ("face", (200.0, 0.0, 300.0, 100.0)), ("face", (0.0, 200.0, 100.0, 300.0))]
    first = [FACE, LOOSE, FACE, (200.0, 0.0, 300.0, 90.0), FAR]
    table.add(photo("a", faces), _trace(first, [], []))
    assert [row.per_face for row in table.summaries()] == pytest.approx([4 / 2, np.nan, np.nan], nan_ok=True)


def _calibrated(before: list[Box], after: list[Box]) -> list[Stage]:
    return [_stage(1, "classified", 9, *before), _stage(1, "calibrated", len(before), *after)]


def test_calibration_is_measured_on_the_windows_that_show_a_face(photo) -> None:
    table = LevelTable(min_face=20)
    too_far = (0.0, 0.0, 100.0, 29.0)
    before, after = [LOOSE, too_far, FAR, LOOSE], [FACE, FACE, FACE, (0.0, 0.0, 100.0, 80.0)]
    table.add(photo("a", [("face", FACE)]), _calibrated(before, after))
    (row,) = table.summaries()
    assert (row.iou_before, row.iou_after) == pytest.approx((0.45, 0.9))


def test_a_window_is_measured_with_the_face_that_it_showed_before_calibration(photo) -> None:
    table = LevelTable(min_face=20)
    other = (200.0, 0.0, 300.0, 100.0)
    table.add(photo("a", [("face", other), ("face", FACE)]), _calibrated([LOOSE], [other]))
    (row,) = table.summaries()
    assert (row.iou_before, row.iou_after) == pytest.approx((0.45, 0))


def test_of_the_end_what_the_aligner_does_is_measured(photo) -> None:
    table = LevelTable(min_face=20)
    reported, aligned = [LOOSE, FAR], [FACE, FACE]
    end = [_stage(0, "reported", 5, *reported), _stage(0, "aligned", 2, *aligned, elapsed_s=0.002)]
    table.add(photo("a", [("face", FACE)]), [*_calibrated([LOOSE], [LOOSE]), *end])
    _, row = table.summaries()
    assert (row.level, row.entered, row.classified, row.left) == (0, 5, 5, 2)
    assert (row.recall, row.per_face) == (1, 2)
    assert (row.iou_before, row.iou_after) == pytest.approx((0.45, 1))
    assert row.elapsed_ms == pytest.approx(3)


def test_without_an_aligner_nothing_moves_at_the_end(two_photos: LevelTable) -> None:
    *_, end = two_photos.summaries()
    assert np.isnan([end.iou_before, end.iou_after]).all()


@pytest.mark.parametrize(("side", "counted"), [(23.9, False), (24, True)])
def test_calibration_is_asked_for_faces_from_24_pixels_whatever_is_searched(photo, side, counted) -> None:
    table = LevelTable(min_face=60)
    face = (0.0, 0.0, side, side)
    table.add(photo("a", [("face", face)]), _calibrated([face], [face]))
    (row,) = table.summaries()
    assert row.iou_after == 1 if counted else np.isnan(row.iou_after)


def test_without_faces_or_windows_calibration_has_no_figure(photo) -> None:
    table = LevelTable(min_face=20)
    table.add(photo("a"), _calibrated([FACE], [FACE]))
    table.add(photo("b", [("face", FACE)]), _calibrated([], []))
    (row,) = table.summaries()
    assert np.isnan([row.iou_before, row.iou_after]).all()


def test_time_is_the_median_photo_and_adds_the_steps_of_a_level(two_photos: LevelTable) -> None:
    assert [row.elapsed_ms for row in two_photos.summaries()] == pytest.approx([6, 2, 0.5])


@pytest.mark.parametrize(
    ("min_face", "side", "counted"), [(20, 23.9, False), (20, 24, True), (40, 39, False), (40, 40, True)]
)
def test_faces_count_from_24_pixels_and_from_the_smallest_searched(photo, min_face, side, counted) -> None:
    table = LevelTable(min_face)
    table.add(photo("a", [("face", (0, 0, side, side))]), _trace([], [], []))
    (first, *_) = table.summaries()
    assert first.recall == 0 if counted else np.isnan(first.recall)


def test_ignored_and_unlabelled_faces_are_not_asked_for(photo) -> None:
    table = LevelTable(20)
    table.add(photo("a", [("ignore", FACE), ("unlabelled", FACE), ("doubtful", FACE)]), _trace([], [], []))
    assert np.isnan([row.recall for row in table.summaries()]).all()


def test_a_photo_without_a_trace_loses_its_faces(photo, two_photos: LevelTable) -> None:
    two_photos.add(photo("c", [("face", FACE), ("face", FACE)]), [])
    assert [row.recall for row in two_photos.summaries()] == [0.5, 0.25, 0.25]


def test_nothing_added_gives_no_rows() -> None:
    assert LevelTable(20).summaries() == []
