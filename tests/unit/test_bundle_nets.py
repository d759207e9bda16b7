from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smilecascade.bundle import Judge, Verdicts, open_bundle


@pytest.fixture(scope="session")
def judges(random_bundle: Path) -> tuple[Judge, ...]:
    """The three levels' nets at work."""
    return open_bundle(random_bundle).judges(threads=1)


def noise(count: int, height: int, width: int) -> np.ndarray:
    """RGBX, as a judge takes it."""
    return np.random.default_rng(0).integers(0, 256, (count, height, width, 4), dtype=np.uint8)


@pytest.mark.parametrize(("level", "window"), [(0, 12), (1, 24), (2, 48)])
def test_a_judge_says_where_the_faces_of_windows_are(
    judges: tuple[Judge, ...], level: int, window: int
) -> None:
    said = judges[level](noise(5, window, window), 0.0)
    assert said.places.tolist() == [0, 1, 2, 3, 4]
    assert 0 <= said.scores.min() < said.scores.max() <= 1
    assert said.displacements is not None
    assert said.displacements.shape == (5, 3)
    for column in (said.scores, said.displacements):
        assert column.dtype == np.float32


@pytest.mark.parametrize("count", [0, 1, 5])
def test_the_aligner_says_how_faces_lie_and_where_their_points_are(random_bundle: Path, count: int) -> None:
    align = open_bundle(random_bundle).align(threads=1)
    assert align is not None
    displacements, points = align(noise(count, 48, 48))
    assert displacements.shape == (count, 3)
    assert points.shape == (count, 5, 2)
    assert displacements.dtype == points.dtype == np.float32


def test_a_judge_keeps_what_scores_at_least_the_threshold(judges: tuple[Judge, ...]) -> None:
    for judge, window in zip(judges, (12, 24, 48), strict=True):
        pixels = noise(9, window, window)
        everything = judge(pixels, 0.0)
        threshold = float(np.median(everything.scores))
        kept, wanted = judge(pixels, threshold), everything[everything.scores >= threshold]
        assert len(kept) == 5
        np.testing.assert_array_equal(kept.places, wanted.places)
        np.testing.assert_allclose(kept.scores, wanted.scores, atol=1e-6)
        np.testing.assert_allclose(kept.displacements, wanted.displacements, atol=1e-6)
        assert len(judge(pixels, 1.01)) == 0


def test_places_on_a_sheet_count_row_by_row(judges: tuple[Judge, ...]) -> None:
    first, _, _ = judges
    sheet = noise(1, 12 + 2 * 4, 12 + 5 * 4)  # 3 rows and 6 columns in steps of 4
    windows = [
        sheet[0, 4 * row : 4 * row + 12, 4 * column : 4 * column + 12] for row, column in np.ndindex(3, 6)
    ]
    slid, alone = first(sheet, 0.0), first(np.stack(windows), 0.0)
    assert slid.places.tolist() == list(range(18))
    np.testing.assert_allclose(slid.scores, alone.scores, atol=1e-5)
    np.testing.assert_allclose(slid.displacements, alone.displacements, atol=1e-5)


def test_of_no_windows_none_is_kept(judges: tuple[Judge, ...]) -> None:
    for judge, window in zip(judges, (12, 24, 48), strict=True):
        said = judge(noise(0, window, window), 0.0)
        assert len(said) == 0
        assert said.scores.dtype == np.float32


def verdicts(*places: int, displaced: bool = True) -> Verdicts:
    """Verdicts whose every figure is the place of its window."""
    figures = np.array(places, np.float32)
    return Verdicts(
        places=np.array(places, np.int64),
        scores=figures,
        displacements=figures[:, None].repeat(3, 1) if displaced else None,
    )


@pytest.mark.parametrize("rows", [np.array([False, True, True]), slice(1, None)])
def test_verdicts_are_picked_with_all_that_is_said(rows: Any) -> None:
    picked = verdicts(4, 6, 9)[rows]
    for column in (picked.places, picked.scores, picked.displacements[:, 0]):  # type: ignore[index]
        assert column.tolist() == [6, 9]


def test_verdicts_are_joined_in_their_order() -> None:
    joined = Verdicts.concatenate([verdicts(4, 6), Verdicts.none(), verdicts(1)])
    for column in (joined.places, joined.scores, joined.displacements[:, 0]):  # type: ignore[index]
        assert column.tolist() == [4, 6, 1]


def test_what_a_net_does_not_say_stays_unsaid() -> None:
    part = verdicts(4, 6, displaced=False)
    for said in (part[:1], Verdicts.concatenate([part, part]), Verdicts.concatenate([])):
        assert said.displacements is None


def test_without_a_window_kept_the_verdicts_are_none() -> None:
    for said in (Verdicts.none(), Verdicts.concatenate([]), Verdicts.concatenate([verdicts(), verdicts()])):
        assert len(said) == 0
        assert said.places.dtype == np.int64
        assert said.scores.dtype == np.float32
