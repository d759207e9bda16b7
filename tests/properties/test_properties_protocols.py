"""The protocols equal slow readable references that are written as their authors describe them."""

from fractions import Fraction
from itertools import permutations
from math import cos, pi, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smilecascade.evaluate.protocols.fddb import roc
from smilecascade.evaluate.protocols.overlaps import overlaps
from smilecascade.evaluate.protocols.wider import curve
from smilecascade.interchange.regions import Ellipse, MarkedPhoto, Region

HALF = Fraction(1, 2)

#: Whole pixels, small and close together: overlaps are exact fractions, and ties are frequent.
places = st.integers(0, 10)
lengths = st.integers(2, 10)
boxes = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), places, places, lengths, lengths)
scores = st.sampled_from([0.1, 0.25, 0.5, 0.5003, 0.9])
photos = st.lists(
    st.tuples(
        st.lists(st.tuples(boxes, st.booleans()), max_size=4), st.lists(st.tuples(boxes, scores), max_size=4)
    ),
    min_size=1,
    max_size=4,
)


def _area(box) -> int:
    return max(box[2] - box[0], 0) * max(box[3] - box[1], 0)


def _iou(one, other) -> Fraction:
    edges = zip(one, other, (max, max, min, min), strict=True)
    shared = _area([choose(a, b) for a, b, choose in edges])
    return Fraction(shared, _area(one) + _area(other) - shared)


def _labels(drawn) -> list[MarkedPhoto]:
    return [MarkedPhoto(name="a", regions=tuple(Region(box=box) for box, _ in labels)) for labels, _ in drawn]


def _found(drawn) -> list[MarkedPhoto]:
    return [
        MarkedPhoto(name="a", regions=tuple(Region(box=box, score=score) for box, score in found))
        for _, found in drawn
    ]


def _best_sum(labels, found) -> Fraction:
    """The greatest sum of overlaps of any one-to-one matching, by trying them all."""
    few, many = sorted((labels, found), key=len)
    matchings = (zip(few, order, strict=True) for order in permutations(many, len(few)))
    return max(sum((_iou(*pair) for pair in pairs), Fraction(0)) for pairs in matchings)


@given(photos)
def test_the_continuous_curve_is_that_of_the_best_matchings(drawn) -> None:
    one = roc(_labels(drawn), _found(drawn))
    thresholds = sorted({score for _, found in drawn for _, score in found}, reverse=True)
    assert one.thresholds.tolist() == thresholds
    for threshold, rate in zip(thresholds, one.continuous, strict=True):
        total = Fraction(0)
        for labels, found in drawn:
            kept = [box for box, score in found if score >= threshold]
            total += _best_sum([box for box, _ in labels], kept)
        faces = sum(len(labels) for labels, _ in drawn)
        assert np.isnan(rate) if faces == 0 else rate == pytest.approx(float(total / faces))


@given(photos)
def test_every_detection_is_a_hit_or_a_false_positive(drawn) -> None:
    one = roc(_labels(drawn), _found(drawn))
    for row, threshold in enumerate(one.thresholds):
        detections = sum(score >= threshold for _, found in drawn for _, score in found)
        hits = one.discrete[row] * one.faces if one.faces else 0
        assert hits + one.false_positives[row] == pytest.approx(detections)


def _image_counts(labels, found, threshold) -> tuple[int, int]:
    """Proposals and hits of a photo: what the program does, detection by detection."""
    proposals, hit = 0, set()
    for box, _ in sorted((one for one in found if one[1] >= threshold), key=lambda one: -one[1]):
        pixels = [(x1, y1, x2 + 1, y2 + 1) for (x1, y1, x2, y2), _ in labels]
        overlap = [_iou((*box[:2], box[2] + 1, box[3] + 1), label) for label in pixels]
        nearest = overlap.index(max(overlap))
        if overlap[nearest] >= HALF and not labels[nearest][1]:
            continue
        proposals += 1
        if overlap[nearest] >= HALF:
            hit.add(nearest)
    return proposals, len(hit)


def _reference_ap(drawn) -> float:
    every = [score for _, found in drawn for _, score in found]
    least, span = min(every, default=0), max(every, default=0) - min(every, default=0)
    points = []
    for step in range(1, 1001):
        threshold, proposals, hits = 1 - step / 1000, 0, 0
        for labels, found in drawn:
            stretched = [(box, (score - least) / span if span else 1) for box, score in found]
            counts = _image_counts(labels, stretched, threshold) if labels else (0, 0)
            proposals, hits = proposals + counts[0], hits + counts[1]
        points.append((hits, hits / proposals if proposals else 0))
    faces = sum(wanted for labels, _ in drawn for _, wanted in labels)
    area, best = 0.0, 0.0
    for (hits, precision), (before, _) in zip(points[::-1], [*points[-2::-1], (0, 0)], strict=True):
        best = max(best, precision)
        area += (hits - before) * best
    return area / faces if faces else float("nan")


@settings(max_examples=50)
@given(photos)
def test_average_precision_equals_its_reference(drawn) -> None:
    subset = [np.array([wanted for _, wanted in labels], bool) for labels, _ in drawn]
    one = curve(_labels(drawn), _found(drawn), subset)
    assert one.average_precision == pytest.approx(_reference_ap(drawn), nan_ok=True)


radii = st.floats(6, 20)
ellipses = st.builds(Ellipse, radii, radii, st.floats(-pi, pi), st.floats(10, 30), st.floats(10, 30))
regions = st.one_of(
    ellipses.map(lambda ellipse: Region(box=ellipse.box, ellipse=ellipse)),
    st.builds(
        lambda x, y, w, h: Region(box=(x, y, x + w, y + h)),
        *[st.floats(0, 20)] * 2,
        *[st.floats(8, 30)] * 2,
    ),
)

SIZE = (36, 34)


def _mask(region: Region) -> np.ndarray:
    """Which points of a fine grid over the photo lie in a region."""
    x, y = (np.arange(0.05, side, 0.1) for side in SIZE)
    x, y = np.meshgrid(x, y)
    if region.ellipse is None:
        x1, y1, x2, y2 = region.box
        return (x >= x1) & (x < x2) & (y >= y1) & (y < y2)
    major, minor, angle, cx, cy = region.ellipse
    along = (x - cx) * cos(angle) + (y - cy) * sin(angle)
    across = (y - cy) * cos(angle) - (x - cx) * sin(angle)
    return (along / major) ** 2 + (across / minor) ** 2 <= 1


@given(regions, regions)
def test_overlaps_are_those_of_masks(label, found) -> None:
    first, second = _mask(label), _mask(found)
    union = (first | second).sum()
    expected = (first & second).sum() / union if union else 0
    photo = MarkedPhoto(name="a", regions=(found,), size=SIZE)
    ((overlap,),) = overlaps(MarkedPhoto(name="a", regions=(label,)), photo)
    assert overlap == pytest.approx(expected, abs=0.015)
