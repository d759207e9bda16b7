"""A downsampled curve is what a slow, readable reference makes of it."""

from math import inf, isfinite, nan

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smilecascade.runs.downsample import in_order, thinned
from smilecascade.runs.info import Points

value = st.one_of(st.integers(-3, 3).map(float), st.floats(), st.sampled_from([nan, inf, -inf]))
curve = st.lists(value, max_size=200)
wanted = st.integers(5, 60)


def points(values: list[float]) -> Points:
    """A curve at the steps 0, 10, 20, …"""
    steps = np.arange(len(values)) * 10
    return Points(steps=steps, times=steps / 2, values=np.array(values, np.float64), cursor=len(values))


def reference(values: list[float], count: int) -> list[int]:
    """The rows that stay."""
    if len(values) <= count:
        return list(range(len(values)))
    all_finite = all(map(isfinite, values))
    size = -(-len(values) // ((count - 2) // (2 if all_finite else 3)))
    kept = {0, len(values) - 1}
    for start in range(0, len(values), size):
        bucket = range(start, min(start + size, len(values)))
        finite = [row for row in bucket if isfinite(values[row])]
        gaps = [row for row in bucket if not isfinite(values[row])]
        if finite:
            kept.add(min(finite, key=lambda row: values[row]))
            kept.add(max(finite, key=lambda row: values[row]))
        kept.update(gaps[:1])
    return sorted(kept)


@given(curve, wanted)
def test_the_reference_keeps_the_same_points(values: list[float], count: int) -> None:
    found = thinned(points(values), count)
    rows = reference(values, count)
    np.testing.assert_array_equal(found.steps, np.array(rows, np.int64) * 10)
    np.testing.assert_array_equal(found.times, np.array(rows) * 5)
    np.testing.assert_array_equal(found.values, np.array([values[row] for row in rows], np.float64))
    assert found.cursor == len(values)


@given(curve, wanted)
def test_extremes_ends_and_gaps_stay_within_the_count(values: list[float], count: int) -> None:
    found = thinned(points(values), count)
    assert len(found) <= count
    assert (np.diff(found.steps) > 0).all()
    assert np.isin(found.steps, np.arange(len(values)) * 10).all()
    if values:
        assert (found.steps[0], found.steps[-1]) == (0, 10 * len(values) - 10)
    finite, kept = [v for v in values if isfinite(v)], found.values[np.isfinite(found.values)]
    if finite:
        assert (kept.min(), kept.max()) == (min(finite), max(finite))
    assert (len(finite) < len(values)) == (len(kept) < len(found))


@given(st.lists(st.integers(-5, 5), max_size=30))
def test_order_is_that_of_the_steps_and_then_of_logging(steps: list[int]) -> None:
    numbers = np.arange(len(steps), dtype=np.float64)
    logged = Points(steps=np.array(steps, np.int64), times=numbers, values=numbers)
    found = in_order(logged)
    assert list(zip(found.steps, found.values, strict=True)) == sorted(zip(steps, numbers, strict=True))
