"""Matching and average precision equal slow readable references."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smilecascade.evaluate.boxfit import BoxFit
from smilecascade.evaluate.curves import Counts, Tally, average_precision, recall_at
from smilecascade.evaluate.match import EXCUSED, FALSE_ALARM, Truth, match
from smilecascade.geometry.boxes import faces_of_squares

HALF = Fraction(1, 2)
MIN_FACE = 10

#: Whole pixels, small and close together: overlaps are exact fractions, and ties are frequent.
places = st.integers(0, 12)
lengths = st.integers(4, 16)
boxes = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), places, places, lengths, lengths)
squares = st.builds(lambda x, y, side: (x, y, x + side, y + side), places, places, lengths)
scores = st.sampled_from([0.25, 0.5, 0.75])
detections = st.lists(st.tuples(boxes, scores), max_size=6)


def _area(box) -> int:
    return max(box[2] - box[0], 0) * max(box[3] - box[1], 0)


def _iou(one, other) -> Fraction:
    shared = _area(
        (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
    )
    return Fraction(shared, _area(one) + _area(other) - shared)


def _is_excused(box, optional, unlabelled) -> bool:
    return (
        _area(box) < (Fraction(4, 5) * MIN_FACE) ** 2
        or any(_iou(box, label) >= HALF for label in optional)
        or any(_iou(box, label) >= Fraction(3, 10) for label in unlabelled)
    )


def _reference_match(found, wanted, optional, unlabelled) -> list[int]:
    labels, taken = wanted + optional, set()
    verdicts = [FALSE_ALARM] * len(found)
    for row in sorted(range(len(found)), key=lambda row: -found[row][1]):
        box = found[row][0]
        free = [label for label in range(len(labels)) if label not in taken]
        best = max(free, key=lambda label: _iou(box, labels[label]), default=None)
        if best is not None and _iou(box, labels[best]) >= HALF:
            taken.add(best)
            verdicts[row] = best if best < len(wanted) else EXCUSED
        elif _is_excused(box, optional, unlabelled):
            verdicts[row] = EXCUSED
    return verdicts


def _array(rows) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 4)


@given(detections, *[st.lists(squares, max_size=4)] * 3)
def test_matching_equals_its_reference(found, wanted, optional, unlabelled) -> None:
    truth = Truth(wanted=_array(wanted), optional=_array(optional), unlabelled=_array(unlabelled))
    verdicts = match(
        _array([box for box, _ in found]),
        np.array([score for _, score in found], np.float32),
        truth,
        min_face=MIN_FACE,
        min_iou=0.5,
    )
    assert verdicts.tolist() == _reference_match(found, wanted, optional, unlabelled)


verdicts = st.sampled_from([0, FALSE_ALARM, EXCUSED])
photos = st.lists(st.lists(st.tuples(scores, verdicts), max_size=5), min_size=1, max_size=4)


def _tally(found, wanted) -> Tally:
    return Tally.pool(
        (
            np.array([score for score, _ in photo], np.float32),
            np.array([verdict for _, verdict in photo], np.int32),
            wanted,
        )
        for photo in found
    )


def _points(found, faces):
    """Recall, precision and false alarms from each distinct score up."""
    pooled = [detection for photo in found for detection in photo if detection[1] != EXCUSED]
    for threshold in sorted({score for score, _ in pooled}, reverse=True):
        kept = [verdict for score, verdict in pooled if score >= threshold]
        hits = sum(verdict >= 0 for verdict in kept)
        yield Fraction(hits, faces), Fraction(hits, len(kept)), len(kept) - hits


def _reference_ap(points) -> Fraction:
    area, before = Fraction(0), Fraction(0)
    for recall, _, _ in points:
        best = max(precision for other, precision, _ in points if other >= recall)
        area, before = area + (recall - before) * best, recall
    return area


@given(photos, st.integers(5, 8))
def test_average_precision_equals_its_reference(found, wanted) -> None:
    points = list(_points(found, wanted * len(found)))
    (ap,) = average_precision(Counts.of(_tally(found, wanted)))
    assert ap == pytest.approx(float(_reference_ap(points)))


@given(photos, st.integers(5, 8), st.sampled_from([0, 0.25, 0.5, 1, 2]))
def test_recall_at_false_positives_equals_its_reference(found, wanted, allowed) -> None:
    points = _points(found, wanted * len(found))
    expected = max((recall for recall, _, alarms in points if alarms <= allowed * len(found)), default=0)
    (recall,) = recall_at(allowed)(Counts.of(_tally(found, wanted)))
    assert recall == pytest.approx(float(expected))


@given(photos, st.integers(5, 8), st.data())
def test_weighing_a_photo_is_repeating_it(found, wanted, data) -> None:
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(found), max_size=len(found)))
    repeated = [photo for photo, times in zip(found, weights, strict=True) for _ in range(times)]
    weighed = Counts.of(_tally(found, wanted), np.array([weights], np.int32))
    once = Counts.of(_tally(repeated, wanted))
    for measure in (average_precision, recall_at(0.5)):
        assert measure(weighed) == pytest.approx(measure(once), nan_ok=True)


@given(st.lists(squares, min_size=1, max_size=8))
def test_the_fit_undoes_a_change_of_style(labels) -> None:
    wanted = _array(labels)
    fit = BoxFit.of(faces_of_squares(wanted, width=0.87, height=1.15), wanted)
    assert fit.apply(faces_of_squares(wanted, width=0.87, height=1.15)) == pytest.approx(wanted, abs=1e-3)
