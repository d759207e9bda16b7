from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from smilecascade.bundle import Judge, Verdicts
from smilecascade.detect.level import Level, Stage, filtered
from smilecascade.geometry.calibration import displaced
from smilecascade.mipmaps import BEYOND, Mipmaps
from smilecascade.records import Candidates
from smilecascade.specs import CascadeSpec, LevelSpec

MakeLevel = Callable[..., Level]
MakeJudge = Callable[..., Judge]

CASCADE = CascadeSpec(levels=(LevelSpec(net="fake", window=12, min_score=0.5),))
WHITE = [18, 14, 42, 38]


def windows(*rows: tuple[float, float, float], scale: int = 0) -> Candidates:
    """Windows of x, y and side, all of one score and scale."""
    boxes = np.array([(x, y, x + side, y + side) for x, y, side in rows], np.float32).reshape(-1, 4)
    return Candidates(
        boxes=boxes,
        scores=np.full(len(rows), 0.5, np.float32),
        scales=np.full(len(rows), scale, np.int32),
    )


def test_scanning_finds_the_square(make_level: MakeLevel, bright: np.ndarray) -> None:
    found = make_level().scan(Mipmaps(bright), CASCADE, 24, None)
    assert found.boxes.tolist() == [WHITE]
    assert found.scores.tolist() == [1]
    assert found.scales.tolist() == [0]


def test_scanning_finds_a_square_on_its_scale(make_level: MakeLevel) -> None:
    image = np.zeros((120, 160, 3), np.uint8)
    image[28:76, 36:84] = 255
    found = make_level(min_score=0.99).scan(Mipmaps(image), CASCADE, 24, None)
    scales, best = found.scales.tolist(), found.boxes[found.scales == 2]
    assert sorted(set(scales)) == [0, 1, 2]  # smaller windows lie inside the square, and are as bright
    assert best.tolist() == [[36, 28, 84, 76]]


def test_a_score_equal_to_the_threshold_is_kept(make_level: MakeLevel, bright: np.ndarray) -> None:
    photo = Mipmaps(bright)
    assert len(make_level(min_score=1.0).scan(photo, CASCADE, 24, None)) == 1
    assert len(make_level(2, min_score=1.0).examine(photo, windows((18, 14, 24)), None)) == 1


def test_windows_reach_beyond_the_photo(make_level: MakeLevel) -> None:
    white = np.full((24, 24, 3), 255, np.uint8)
    found = make_level(min_score=0.0, max_iou=1.0).scan(Mipmaps(white), CASCADE, 24, None)
    first_scale = found.boxes[found.scales == 0]
    assert first_scale.min() == -6  # a quarter of the window
    assert first_scale.max() == 30
    assert len(first_scale) == 16  # a stride of 4 in the photo, along both sides


def test_the_search_ends_at_the_largest_window(make_level: MakeLevel) -> None:
    white = np.full((30, 50, 3), 255, np.uint8)
    found = make_level(min_score=0.0, max_iou=1.0).scan(Mipmaps(white), CASCADE, 20, None)
    np.testing.assert_allclose(np.unique((found.boxes[:, 2] - found.boxes[:, 0]).round()), [20, 28, 40])


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 400), (15, 15)])
def test_a_photo_smaller_than_any_window_has_none(make_level: MakeLevel, height: int, width: int) -> None:
    stages: list[Stage] = []
    level = make_level(min_score=0.0)
    found = level.scan(Mipmaps(np.zeros((height, width, 3), np.uint8)), CASCADE, 24, stages.append)
    assert len(found) == 0
    assert [(stage.entered, len(stage.candidates)) for stage in stages] == [(0, 0)] * 3


def test_of_overlapping_windows_the_best_stays(make_level: MakeLevel, bright: np.ndarray) -> None:
    wide = make_level(min_score=0.7, max_iou=1.0).scan(Mipmaps(bright), CASCADE, 24, None)
    narrow = make_level(min_score=0.7, max_iou=0.5).scan(Mipmaps(bright), CASCADE, 24, None)
    assert len(wide) > len(narrow) >= 1
    assert narrow.boxes[0].tolist() == WHITE
    assert (np.diff(wide.scores) <= 0).all()


def test_each_step_is_told(make_level: MakeLevel, bright: np.ndarray) -> None:
    stages: list[Stage] = []
    found = make_level(min_score=0.7).scan(Mipmaps(bright), CASCADE, 24, stages.append)
    classified, moved, kept = stages
    assert [(stage.level, stage.step) for stage in stages] == [
        (1, "classified"),
        (1, "calibrated"),
        (1, "filtered"),
    ]
    # Sides 24, 33.9, 48, 67.9 and as many positions each on images with a border of 3 on all sides.
    images = [(round(60 * 12 / side), round(80 * 12 / side)) for side in 24 * 2 ** (np.arange(4) / 2)]
    positions = [((height - 6) // 2 + 1) * ((width - 6) // 2 + 1) for height, width in images]
    assert classified.entered == sum(positions)
    assert moved.entered == len(classified.candidates) == len(moved.candidates)
    assert kept.entered == len(moved.candidates) > len(kept.candidates)
    assert kept.candidates is found
    assert min(stage.elapsed_s for stage in stages) >= 0


def test_windows_move_as_the_net_says(
    make_level: MakeLevel, make_judge: MakeJudge, bright: np.ndarray
) -> None:
    displacement = (0.17, -0.17, float(np.log(1.1)))
    level = make_level(2, judge=make_judge(displacement=displacement))
    before = displaced(np.array([WHITE], np.float32), np.array([displacement], np.float32))
    off = Candidates(boxes=before, scores=np.ones(1, np.float32), scales=np.zeros(1, np.int32))
    found = replace(level, spec=replace(level.spec, min_score=0.5)).examine(Mipmaps(bright), off, None)
    np.testing.assert_allclose(found.boxes, [WHITE], atol=1e-3)


def test_windows_stay_where_the_spec_says_so(
    make_level: MakeLevel, make_judge: MakeJudge, bright: np.ndarray
) -> None:
    level = make_level(2, judge=make_judge(displacement=(0.17, 0, 0)), calibrate=False)
    assert level.examine(Mipmaps(bright), windows((18, 14, 24)), None).boxes.tolist() == [WHITE]


def test_windows_that_fall_together_become_one(make_level: MakeLevel, bright: np.ndarray) -> None:
    """Two of the same face, too far apart to be rivals until calibration moves them onto it."""
    pair = windows((10, 14, 24), (26, 14, 24))

    def judge(pixels: np.ndarray, min_score: float) -> Verdicts:
        sideways = np.array([[-1 / 3, 0, 0], [1 / 3, 0, 0]], np.float32)
        return Verdicts(places=np.arange(2), scores=np.array([0.8, 0.9], np.float32), displacements=sideways)

    both = make_level(2, judge=judge, calibrate=False, max_iou=0.5).examine(Mipmaps(bright), pair, None)
    one = make_level(2, judge=judge, max_iou=0.5).examine(Mipmaps(bright), pair, None)
    assert len(both) == 2
    np.testing.assert_allclose(one.boxes, [WHITE], atol=1e-4)
    assert one.scores.tolist() == pytest.approx([0.9])


def test_no_window_is_found_across_two_tiles(make_level: MakeLevel) -> None:
    """A photo as grey as what is around it: every window is as bright, and none of them mixes two scales."""
    stages: list[Stage] = []
    grey = np.full((96, 128, 3), BEYOND, np.uint8)
    found = make_level(min_score=0.5, max_iou=1.0).scan(Mipmaps(grey), CASCADE, 24, stages.append)
    assert len(found) == stages[0].entered


def test_examining_keeps_what_is_bright_best_first(make_level: MakeLevel, bright: np.ndarray) -> None:
    before = windows((50, 0, 24), (22, 14, 24), (18, 14, 24), scale=3)
    found = make_level(2, min_score=0.8, max_iou=0.9).examine(Mipmaps(bright), before, None)
    assert found.boxes.tolist() == [WHITE, [22, 14, 46, 38]]
    assert found.scores[0] == 1
    assert found.scales.tolist() == [3, 3]
    assert before.scores.tolist() == [0.5, 0.5, 0.5]


def test_examining_goes_batch_by_batch(make_level: MakeLevel, bright: np.ndarray) -> None:
    places = [(float(x), 0.0, 24.0) for x in range(0, 50, 10)]
    level = make_level(2, min_score=0.0, max_iou=1.0, batch=2)
    at_once = make_level(2, min_score=0.0, max_iou=1.0).examine(Mipmaps(bright), windows(*places), None)
    found = level.examine(Mipmaps(bright), windows(*places), None)
    assert [shape[0] for shape in level.judge.asked] == [2, 2, 1]  # type: ignore[attr-defined]
    np.testing.assert_array_equal(found.boxes, at_once.boxes)
    np.testing.assert_array_equal(found.scores, at_once.scores)


def test_examining_nothing_asks_nothing(make_level: MakeLevel, bright: np.ndarray) -> None:
    stages: list[Stage] = []
    level = make_level(2)
    assert len(level.examine(Mipmaps(bright), Candidates.empty(), stages.append)) == 0
    assert level.judge.asked == []  # type: ignore[attr-defined]
    assert [(stage.level, stage.entered) for stage in stages] == [(2, 0)] * 3


def test_filtering_compares_within_a_scale() -> None:
    both = replace(windows((0, 0, 24), (1, 0, 24)), scales=np.array([0, 1], np.int32))
    assert len(filtered(both, 0.5)) == 2
    assert filtered(both, 0.5, across_scales=True).scales.tolist() == [0]


def test_filtering_nothing_gives_nothing() -> None:
    assert len(filtered(Candidates.empty(), 0.5)) == 0
