"""FDDB's protocol: ROC curves of a discrete and of a continuous score.

At each threshold the detections that reach it are matched with the ellipses of their photo, one to
one, so that the sum of the overlaps (IoU) is greatest. The discrete score of a pair is 1 if it overlaps by
more than a half, the continuous one its overlap; the sum of a score over the number of
ellipses is the true positive rate. Every detection is a false positive that is in no pair with an
overlap above a half, for both scores. Curves are drawn over the photos of all folds at once, as
everybody does who reports on the set. Source: Jain, Learned-Miller: FDDB, UMass Amherst
UM-CS-2010-009, section 6, and what its evaluation program does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

import numpy as np

from smilecascade.datasets import fddb
from smilecascade.errors import SmilecascadeError
from smilecascade.evaluate.protocols.overlaps import Values, overlaps
from smilecascade.interchange.fddb import read_labels
from smilecascade.interchange.regions import MarkedPhoto

#: A pair counts if it overlaps by more than this.
HALF = 0.5

#: False positives, over the whole set, at which the field compares.
FALSE_POSITIVES = (100, 1000, 2000)

SCORES = ("discrete", "continuous")


@dataclass(frozen=True, kw_only=True)
class Fold:
    """Photos that are judged together. number: "01" to "10"; folder: where the photos lie."""

    number: str
    photos: tuple[MarkedPhoto, ...]
    folder: Path


@dataclass(frozen=True, kw_only=True)
class Roc:
    """Curves over T thresholds, from the strictest on.

    thresholds, false_positives: (T,), the latter counts. discrete, continuous: (T,), true
    positive rates in 0..1, NaN without faces. faces: the number of ellipses.
    """

    faces: int
    thresholds: Values
    false_positives: Values
    discrete: Values
    continuous: Values

    def at(self, false_positives: float) -> tuple[float, float]:
        """The best rates, discrete and continuous, with at most so many false positives.

        0 where every threshold gives more, or nothing was found; NaN without faces. A curve that
        ends before is held level.
        """
        allowed = self.false_positives <= false_positives
        nothing = 0.0 if self.faces else float("nan")
        discrete, continuous = (
            float(rates[allowed].max(initial=nothing)) for rates in (self.discrete, self.continuous)
        )
        return discrete, continuous


def folds(root: Path) -> list[Fold]:
    """The folds of a set; one that is a single list is fold 01. DatasetError for a broken line."""
    return [
        Fold(number=f"{number:02}", photos=tuple(read_labels(ellipses)), folder=folder)
        for number, (_, ellipses, folder) in enumerate(fddb.folds(root), 1)
    ]


def roc(labels: Sequence[MarkedPhoto], found: Sequence[MarkedPhoto]) -> Roc:
    """The curves of the detections of these photos, in the same order.

    Raises SmilecascadeError where SciPy is not installed, which matches.
    """
    return _roc(labels, list(_changes(labels, found)))


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a detector reaches: over all photos at once, and in each fold by itself."""

    pooled: Roc
    folds: tuple[Roc, ...]

    def rates(self) -> dict[str, list[float]]:
        """True positive rates at ``FALSE_POSITIVES``, by the score that they count.

        Where there are several folds, also the mean of their rates, each at its share of the
        false positives: what the report on the set first proposed.
        """
        pooled = np.array([self.pooled.at(count) for count in FALSE_POSITIVES]).T.tolist()
        rates = dict(zip(SCORES, pooled, strict=True))
        if len(self.folds) > 1:
            shares = [count / len(self.folds) for count in FALSE_POSITIVES]
            each = np.array([[fold.at(share) for share in shares] for fold in self.folds])
            means = each.mean(axis=0).T.tolist()
            rates |= {f"{score}, mean of folds": mean for score, mean in zip(SCORES, means, strict=True)}
        return rates


def figures(folds: Sequence[Fold], found: Sequence[MarkedPhoto]) -> Figures:
    """The figures of the detections of the photos of all folds, in their order."""
    rest = iter(found)
    changes = [list(_changes(fold.photos, list(islice(rest, len(fold.photos))))) for fold in folds]
    every = [photo for fold in folds for photo in fold.photos]
    return Figures(
        pooled=_roc(every, [change for fold in changes for change in fold]),
        folds=tuple(_roc(fold.photos, own) for fold, own in zip(folds, changes, strict=True)),
    )


def require_scipy() -> None:
    """Raise SmilecascadeError, naming the extra, where SciPy is not installed."""
    try:
        import scipy.optimize  # noqa: F401
    except ImportError:
        raise SmilecascadeError(
            "SciPy is not installed, and FDDB's protocol needs it: pip install 'smilecascade[benchmark]'"
        ) from None


#: What changes in the sums of a photo when the threshold falls to a score: hits, overlap, detections.
_Change = tuple[float, Values]


def _changes(labels: Sequence[MarkedPhoto], found: Sequence[MarkedPhoto]) -> Iterator[_Change]:
    for pair in zip(labels, found, strict=True):
        iou = overlaps(*pair)
        scores = np.array([face.confidence for face in pair[1].regions])
        before = np.zeros(3)
        for threshold in np.unique(scores)[::-1]:
            kept = scores >= threshold
            pairs = _matched(iou[:, kept])
            now = np.array([(pairs > HALF).sum(), pairs.sum(), kept.sum()], np.float64)
            yield float(threshold), now - before
            before = now


def _roc(labels: Sequence[MarkedPhoto], changes: Sequence[_Change]) -> Roc:
    """The curves that the changes of all photos add up to."""
    descending = groupby(sorted(changes, key=_threshold, reverse=True), key=_threshold)
    steps = [(threshold, np.sum([step for _, step in group], axis=0)) for threshold, group in descending]
    hits, overlap, detections = np.cumsum([np.zeros(3), *(step for _, step in steps)], axis=0)[1:].T
    faces = sum(len(photo.regions) for photo in labels)
    with np.errstate(invalid="ignore"):
        discrete, continuous = hits / np.float64(faces), overlap / np.float64(faces)
    return Roc(
        faces=faces,
        thresholds=np.array([threshold for threshold, _ in steps]),
        false_positives=detections - hits,
        discrete=discrete,
        continuous=continuous,
    )


def _threshold(change: _Change) -> float:
    return change[0]


def _matched(iou: Values) -> Values:
    """The overlaps of the pairs of the best matching of (A, D) overlaps."""
    require_scipy()
    from scipy.optimize import linear_sum_assignment

    pairs: Values = iou[linear_sum_assignment(iou, maximize=True)]
    return pairs
