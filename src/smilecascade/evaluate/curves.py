"""Precision, recall and false alarms over all thresholds, and how far they would vary.

Everything is counted for many weightings of the photos at once: all ones gives the figure
itself, and how often each photo was drawn gives one bootstrap resample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smilecascade.evaluate.match import EXCUSED
from smilecascade.geometry.boxes import FloatArray, IntArray

#: Resamples worked on at once: bounds the memory, whatever the number of detections.
CHUNK = 64

#: The ends of a 90% interval, in percent.
INTERVAL = (5, 95)

Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What matching said of the detections of P photos, pooled.

    scores: (D,) float32, descending; EXCUSED detections are left out.
    hits:   (D,) bool, whether each hit a wanted face; the others are false alarms.
    photos: (D,) the photo of each, 0..P-1.
    wanted: (P,) the number of wanted faces of each photo.
    """

    scores: FloatArray
    hits: NDArray[np.bool_]
    photos: IntArray
    wanted: IntArray

    @classmethod
    def pool(cls, judged: Iterable[tuple[FloatArray, IntArray, int]]) -> Tally:
        """The tally of photos, each given as its scores (N,), their verdicts (N,) (``match``)
        and its number of wanted faces."""
        parts = list(judged)
        scores = np.concatenate([np.zeros(0, np.float32), *(scores for scores, _, _ in parts)])
        verdicts = np.concatenate([np.zeros(0, np.int32), *(verdicts for _, verdicts, _ in parts)])
        photos = np.repeat(np.arange(len(parts), dtype=np.int32), [len(scores) for scores, _, _ in parts])
        order = np.argsort(-scores, kind="stable")
        order = order[verdicts[order] != EXCUSED]
        return cls(
            scores=scores[order],
            hits=verdicts[order] >= 0,
            photos=photos[order],
            wanted=np.array([wanted for _, _, wanted in parts], np.int32),
        )


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How a tally stands at each of T thresholds, under B weightings of its photos.

    hits, false_alarms: (B, T), detections with at least that score. faces, photos: (B,).
    The thresholds descend; detections of equal score share one, so that no order among
    them matters.
    """

    hits: IntArray
    false_alarms: IntArray
    faces: IntArray
    photos: IntArray

    @classmethod
    def of(cls, tally: Tally, weights: IntArray | None = None) -> Counts:
        """The counts under (B, P) weights, how often each photo counts; None: each once, B = 1."""
        if weights is None:
            weights = np.ones((1, len(tally.wanted)), np.int32)
        last = _last_of_equals(tally.scores)
        drawn = weights[:, tally.photos]
        found = np.cumsum(drawn, axis=1, dtype=np.int32)[:, last]
        hits = np.cumsum(drawn * tally.hits, axis=1, dtype=np.int32)[:, last]
        faces = (weights * tally.wanted).sum(axis=1, dtype=np.int32)
        photos = weights.sum(axis=1, dtype=np.int32)
        return cls(hits=hits, false_alarms=found - hits, faces=faces, photos=photos)


@dataclass(frozen=True, kw_only=True)
class Froc:
    """Recall against false alarms, one point a threshold, from the strictest on: (T,) arrays."""

    thresholds: FloatArray
    false_positives_a_photo: Values
    recall: Values


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure and its 90% bootstrap interval over photos; all NaN where it does not exist."""

    value: float
    low: float
    high: float


#: A figure of B weightings at once: (B,), NaN where it does not exist.
Measure = Callable[[Counts], Values]


def average_precision(counts: Counts) -> Values:
    """AP, (B,) in 0..1; NaN where no face is wanted.

    The area under the precision-recall curve with all-point interpolation: at each recall
    the best precision at that recall or a higher one (PASCAL VOC from 2010 on).
    """
    recall = _ratio(counts.hits, counts.faces[:, None], np.nan)
    precision = _ratio(counts.hits, counts.hits + counts.false_alarms, 1.0)
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    area = (np.diff(recall, axis=1, prepend=0.0) * best).sum(axis=1)
    return np.where(counts.faces > 0, area, np.nan)


def recall_at(false_positives: float) -> Measure:
    """The measure: highest recall with at most so many false positives a photo; NaN without faces."""

    def recall(counts: Counts) -> Values:
        allowed = counts.false_alarms <= false_positives * counts.photos[:, None]
        return _ratio(np.where(allowed, counts.hits, 0).max(axis=1, initial=0), counts.faces, np.nan)

    return recall


def froc(tally: Tally) -> Froc:
    """The FROC curve; T = 0 without detections, a recall of NaN without faces."""
    counts = Counts.of(tally)
    return Froc(
        thresholds=tally.scores[_last_of_equals(tally.scores)],
        false_positives_a_photo=_ratio(counts.false_alarms[0], counts.photos, np.nan),
        recall=_ratio(counts.hits[0], counts.faces, np.nan),
    )


def figures(
    tally: Tally, measures: Sequence[Measure], *, seed: int = 1, resamples: int = 1000
) -> list[Figure]:
    """Each measure of a tally with its interval: percentiles 5 and 95 over ``resamples`` draws."""
    drawn = bootstrap(tally, measures, np.random.default_rng(seed), resamples)
    counts = Counts.of(tally)
    return [
        _figure(float(measure(counts)[0]), values) for measure, values in zip(measures, drawn, strict=True)
    ]


def bootstrap(
    tally: Tally, measures: Sequence[Measure], generator: np.random.Generator, resamples: int
) -> Values:
    """The measures over draws of the photos with replacement: (measures, resamples).

    P = 0 gives NaN. All measures see the same draws.
    """
    photos = len(tally.wanted)
    values = np.full((len(measures), resamples), np.nan)
    for start in range(0, resamples if photos else 0, CHUNK):
        chunk = slice(start, min(start + CHUNK, resamples))
        size = chunk.stop - chunk.start
        weights = generator.multinomial(photos, np.full(photos, 1 / photos), size=size)
        counts = Counts.of(tally, weights.astype(np.int32))
        values[:, chunk] = [measure(counts) for measure in measures]
    return values


def _figure(value: float, drawn: Values) -> Figure:
    known = drawn[~np.isnan(drawn)]
    low, high = np.percentile(known, INTERVAL) if len(known) else (np.nan, np.nan)
    return Figure(value=value, low=float(low), high=float(high))


def _last_of_equals(scores: FloatArray) -> NDArray[np.intp]:
    """Where each run of equal scores ends."""
    return np.flatnonzero(np.diff(scores, append=np.float32(-np.inf)))


def _ratio(part: IntArray, whole: IntArray, otherwise: float) -> Values:
    """part / whole; ``otherwise`` where the whole is 0."""
    shape = np.broadcast_shapes(part.shape, whole.shape)
    ratio: Values = np.divide(part, whole, out=np.full(shape, otherwise), where=whole > 0)
    return ratio
