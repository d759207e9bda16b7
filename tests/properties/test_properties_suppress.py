"""Suppression does what a slow, readable reference does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smilecascade.geometry import suppress as module
from smilecascade.geometry.boxes import iou
from smilecascade.geometry.suppress import suppress


def reference(boxes: np.ndarray, scores: np.ndarray, max_iou: float, groups: np.ndarray | None) -> list[int]:
    """Take the best window that is left, strike out its rivals, and so on; ties: the first."""
    waiting = sorted(range(len(boxes)), key=lambda index: (-scores[index], index))
    kept: list[int] = []
    while waiting:
        best, *others = waiting
        kept.append(best)
        waiting = [other for other in others if not rivals(boxes, groups, best, other, max_iou)]
    return kept


def rivals(boxes: np.ndarray, groups: np.ndarray | None, best: int, other: int, max_iou: float) -> bool:
    same_group = groups is None or groups[best] == groups[other]
    return bool(same_group and iou(boxes[best][None], boxes[other][None])[0, 0] > max_iou)


#: Few different places, sizes and scores: overlaps and ties are then frequent.
row = st.tuples(
    st.integers(0, 12),
    st.integers(0, 12),
    st.sampled_from([4, 6, 8, 16]),
    st.integers(0, 4),
    st.integers(0, 2),
)
limit = st.sampled_from([0.0, 0.25, 0.3, 1 / 3, 0.5, 0.75, 1.0])


def columns(rows: list[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y, side, score, group = np.array(rows, np.float32).reshape(-1, 5).T
    return np.stack([x, y, x + side, y + side], axis=1), score / 4, group.astype(np.int32)


@given(st.lists(row, max_size=40), limit)
def test_it_is_what_the_reference_says(rows: list[tuple[int, ...]], max_iou: float) -> None:
    boxes, scores, _ = columns(rows)
    assert suppress(boxes, scores, max_iou=max_iou).tolist() == reference(boxes, scores, max_iou, None)


@given(st.lists(row, max_size=40), limit)
def test_with_groups_too(rows: list[tuple[int, ...]], max_iou: float) -> None:
    boxes, scores, groups = columns(rows)
    kept = suppress(boxes, scores, max_iou=max_iou, groups=groups)
    assert kept.tolist() == reference(boxes, scores, max_iou, groups)


@given(st.lists(row, max_size=60), limit, st.integers(1, 50))
def test_many_are_compared_as_few_are(rows: list[tuple[int, ...]], max_iou: float, pairs: int) -> None:
    boxes, scores, groups = columns(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FEW", 0)
        patch.setattr(module, "PAIRS", pairs)
        kept = suppress(boxes, scores, max_iou=max_iou, groups=groups)
        alone = suppress(boxes, scores, max_iou=max_iou)
    assert kept.tolist() == reference(boxes, scores, max_iou, groups)
    assert alone.tolist() == reference(boxes, scores, max_iou, None)


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_thousands_of_windows(seed: int, grouped: bool) -> None:
    rng = np.random.default_rng(seed)
    count = 2000
    corner = rng.uniform(-50, 600, (count, 2)).astype(np.float32)
    side = rng.choice([20, 28, 40, 150], (count, 1)).astype(np.float32)
    boxes = np.concatenate([corner, corner + side], axis=1)
    scores = (rng.integers(0, 500, count) / 500).astype(np.float32)
    groups = rng.integers(-1, 2, count).astype(np.int32) if grouped else None
    kept = suppress(boxes, scores, max_iou=0.3, groups=groups)
    assert kept.tolist() == quick_reference(boxes, scores, 0.3, groups)


def quick_reference(
    boxes: np.ndarray, scores: np.ndarray, max_iou: float, groups: np.ndarray | None
) -> list[int]:
    """The reference with one row of overlaps at a time, for thousands of windows."""
    waiting, kept = np.argsort(-scores, kind="stable"), []
    group = np.zeros(len(boxes)) if groups is None else groups
    while len(waiting):
        best, others = waiting[0], waiting[1:]
        kept.append(int(best))
        overlap = iou(boxes[best][None], boxes[others])[0] > max_iou
        waiting = others[~(overlap & (group[others] == group[best]))]
    return kept


@given(st.lists(row, max_size=40), limit)
def test_what_stays_does_not_overlap_and_what_goes_does(rows: list[tuple[int, ...]], max_iou: float) -> None:
    boxes, scores, _ = columns(rows)
    kept = suppress(boxes, scores, max_iou=max_iou)
    overlap = iou(boxes[kept], boxes[kept])
    assert (overlap[~np.eye(len(kept), dtype=bool)] <= max_iou).all()
    gone = np.setdiff1d(np.arange(len(boxes)), kept)
    assert (iou(boxes[gone], boxes[kept]) > max_iou).any(axis=1).all()


@given(st.lists(row, max_size=40), limit)
def test_what_stayed_stays(rows: list[tuple[int, ...]], max_iou: float) -> None:
    boxes, scores, groups = columns(rows)
    kept = suppress(boxes, scores, max_iou=max_iou, groups=groups)
    again = suppress(boxes[kept], scores[kept], max_iou=max_iou, groups=groups[kept])
    assert again.tolist() == list(range(len(kept)))
