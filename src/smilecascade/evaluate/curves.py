"""Precision, recall and false alarms over all thresholds, and how far they would vary.

A figure is computed for many weightings of the photos at once: all ones is the figure
itself, and how often each photo was drawn is one bootstrap resample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from smilecascade.evaluate.match import EXCUSED
from smilecascade.geometry.boxes import FloatArray, IntArray

#: Resamples worked on at once: bounds the memory, whatever the number of detections.
CHUNK = 64

Weights = NDArray[np.int_]
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
    def pool(cls, verdicts: Iterable[tuple[FloatArray, IntArray, int]]) -> Tally:
        """The tally of photos given as scores (N,), verdicts (N,) (``match``), number of wanted faces."""
        parts = list(verdicts)
        none = np.zeros(0)
        scores = np.concatenate([none, *(scores for scores, _, _ in parts)])
        verdict = np.concatenate([none, *(verdict for _, verdict, _ in parts)])
        photos = np.repeat(np.arange(len(parts)), [len(scores) for scores, _, _ in parts])
        order = np.argsort(-scores, kind="stable")
        order = order[verdict[order] != EXCUSED]
        return cls(
            scores=scores[order].astype(np.float32),
            hits=verdict[order] >= 0,
            photos=photos[order].astype(np.int32),
            wanted=np.array([wanted for _, _, wanted in parts], np.int32),
        )


@dataclass(frozen=True, kw_only=True)
class Froc:
    """Recall against false alarms, one point a threshold, from the strictest on: three (T,) arrays."""

    threshold: FloatArray
    false_positives_a_photo: Values
    recall: Values


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure with its interval: in 90 of 100 resamples of the photos it lies in low..high."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}–{self.high:.3f})"


#: A figure of a tally under (B, P) weightings of its photos: (B,).
Measure = Callable[[Tally, Weights], Values]


def average_precision(tally: Tally, weights: Weights | None = None) -> Values:
    """AP under each of (B, P) weightings of the photos, (B,) in 0..1; None: each photo once.

    The area under the precision-recall curve with all-point interpolation: at each recall
    the best precision at that recall or a higher one (PASCAL VOC from 2010 on). Detections
    of equal score share one threshold, so that no order among them matters. NaN where no
    face is wanted.
    """
    hits, false_alarms, faces = _counts(tally, weights)
    recall = _ratio(hits, faces[:, None], np.nan)
    precision = _ratio(hits, hits + false_alarms, 1.0)
    best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    area: Values = (np.diff(recall, axis=1, prepend=0.0) * best).sum(axis=1)
    return np.where(faces > 0, area, np.nan)


def recall_at(tally: Tally, weights: Weights | None = None, *, false_positives: float) -> Values:
    """The highest recall with at most so many false positives a photo, (B,); NaN without faces."""
    hits, false_alarms, faces = _counts(tally, weights)
    photos = len(tally.wanted) if weights is None else weights.sum(axis=1)[:, None]
    allowed = false_alarms <= false_positives * photos
    return _ratio(np.where(allowed, hits, 0).max(axis=1, initial=0), faces, np.nan)


def froc(tally: Tally) -> Froc:
    """The FROC curve; recall is NaN without faces, the arrays are empty without detections."""
    hits, false_alarms, faces = _counts(tally, None)
    return Froc(
        threshold=tally.scores[_last_of_equals(tally.scores)],
        false_positives_a_photo=_ratio(false_alarms[0], np.array(len(tally.wanted)), np.nan),
        recall=_ratio(hits[0], faces, np.nan),
    )


def figure(tally: Tally, measure: Measure, *, seed: int = 1, resamples: int = 1000) -> Figure:
    """The measure of a tally and its 90% bootstrap interval over photos (percentiles 5 and 95)."""
    value = float(measure(tally, np.ones((1, len(tally.wanted)), int))[0])
    drawn = bootstrap(tally, measure, np.random.default_rng(seed), resamples)
    known = drawn[~np.isnan(drawn)]
    low, high = np.percentile(known, [5, 95]) if len(known) else (np.nan, np.nan)
    return Figure(value=value, low=float(low), high=float(high))


def bootstrap(tally: Tally, measure: Measure, generator: np.random.Generator, resamples: int) -> Values:
    """The measure over resamples of the photos, drawn with replacement: (resamples,)."""
    photos = len(tally.wanted)
    if not photos:
        return np.full(resamples, np.nan)
    weights = generator.multinomial(photos, np.full(photos, 1 / photos), size=resamples)
    chunks = [measure(tally, weights[start : start + CHUNK]) for start in range(0, resamples, CHUNK)]
    return np.concatenate([np.zeros(0), *chunks])


#: Recall at 0.1 and at 1 false positives a photo.
RECALL_AT_TENTH: Measure = partial(recall_at, false_positives=0.1)
RECALL_AT_ONE: Measure = partial(recall_at, false_positives=1)


def _counts(tally: Tally, weights: Weights | None) -> tuple[Weights, Weights, Weights]:
    """Hits and false alarms down to each distinct score, (B, T) each, and faces, (B,)."""
    if weights is None:
        weights = np.ones((1, len(tally.wanted)), int)
    drawn = weights[:, tally.photos]
    last = _last_of_equals(tally.scores)
    hits = np.cumsum(drawn * tally.hits, axis=1)[:, last]
    everything = np.cumsum(drawn, axis=1)[:, last]
    return hits, everything - hits, weights @ tally.wanted


def _last_of_equals(scores: FloatArray) -> NDArray[np.intp]:
    """Where each run of equal scores ends."""
    return np.flatnonzero(np.diff(scores, append=np.float32(-np.inf)))


def _ratio(part: Weights, whole: Weights, otherwise: float) -> Values:
    """part / whole; ``otherwise`` where the whole is 0."""
    shape = np.broadcast_shapes(part.shape, whole.shape)
    return np.divide(part, whole, out=np.full(shape, otherwise), where=whole > 0)
