from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from smilecascade.bundle import Bundle, open_bundle
from smilecascade.detect.cascade import Detector, Stage
from smilecascade.train.experiments.ensemble import ARRANGEMENTS, arranged, reached
from smilecascade.train.figures import LEAST_SCORE
from smilecascade.train.materials import untracked

PICTURE = np.random.default_rng(0).integers(0, 256, (96, 128, 3), dtype=np.uint8)


@pytest.fixture
def whole(random_bundle: Path) -> Bundle:
    return open_bundle(random_bundle)


def trace(bundle: Bundle) -> list[Stage]:
    stages: list[Stage] = []
    Detector(bundle, 1).windows(PICTURE, min_face=24, watch=stages.append)
    return stages


def moves(stages: list[Stage]) -> bool:
    """Whether any window is moved by calibration."""
    return any(
        not np.array_equal(lying.candidates.boxes, moved.candidates.boxes)
        for lying, moved in pairwise(stages)
        if moved.step == "calibrated"
    )


@pytest.mark.parametrize("name", ARRANGEMENTS)
@pytest.mark.parametrize("calibrate", [True, False])
def test_those_that_judge_are_the_wanted_ones(whole: Bundle, name: str, calibrate: bool) -> None:
    numbers = ARRANGEMENTS[name]
    one = arranged(whole, numbers, calibrate=calibrate)
    windows = [level.window for level in one.spec.levels]
    judging = windows if 1 in numbers else windows[1:]
    assert judging == [(12, 24, 48)[number - 1] for number in numbers]
    assert one.spec.levels[-1].min_score == LEAST_SCORE
    assert [level.calibrate for level in one.spec.levels[-len(numbers) :]] == [calibrate] * len(numbers)
    assert one.aligner is None
    assert moves(trace(one)) is calibrate


def test_the_large_net_alone_looks_at_all_windows_where_they_lie(whole: Bundle) -> None:
    first, second, *_ = (
        stage for stage in trace(arranged(whole, (3,), calibrate=True)) if stage.step == "classified"
    )
    assert (first.level, second.level) == (1, 2)
    assert first.entered == len(first.candidates) == second.entered > 100


def test_what_is_left_out_makes_less_work_for_the_next(whole: Bundle) -> None:
    entered = {
        numbers: [stage.entered for stage in trace(arranged(whole, numbers, calibrate=False))]
        for numbers in ((3,), (1, 3))
    }
    assert entered[1, 3][0] == entered[3,][0]
    assert max(entered[1, 3][1:]) < max(entered[3,][1:])


def test_a_cascade_is_measured_on_photos(whole: Bundle, make_photo, label) -> None:  # type: ignore[no-untyped-def]
    photos = [make_photo(PICTURE, label(20.0, 20.0, 80.0, 80.0), name=name) for name in ("a.png", "b.png")]
    found = reached(arranged(whole, (1, 2, 3), calibrate=True), photos, untracked, "measuring")
    assert 0 <= found.ap <= 1
    assert found.ms > 0
    assert len(found.windows) == 3
    assert sorted(found.windows, reverse=True) == list(found.windows)
