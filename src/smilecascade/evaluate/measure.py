"""From the detections of a set of photos to the figures of a detector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from smilecascade.evaluate.boxfit import PAIR_IOU, BoxFit, halves
from smilecascade.evaluate.curves import (
    Figure,
    Froc,
    Measure,
    Tally,
    average_precision,
    figures,
    froc,
    recall_at,
)
from smilecascade.evaluate.match import Truth, match
from smilecascade.geometry.boxes import FloatArray
from smilecascade.records import AnnotatedPhoto, Face

#: The figures at IoU 0.5; at 0.7 only the first is wanted.
MEASURES: tuple[Measure, ...] = (average_precision, recall_at(0.1), recall_at(1))


@dataclass(frozen=True, kw_only=True)
class Found:
    """A detector's boxes (N, 4) in one photo and their scores (N,)."""

    boxes: FloatArray
    scores: FloatArray

    @classmethod
    def of(cls, faces: Sequence[Face]) -> Found:
        """The boxes and scores of faces; none gives N = 0."""
        return cls(
            boxes=np.array([face.box for face in faces], np.float32).reshape(-1, 4),
            scores=np.array([face.score for face in faces], np.float32),
        )


@dataclass(frozen=True, kw_only=True)
class Performance:
    """How well a detector did on a set of photos.

    photos, faces: how many photos there were, and how many faces were wanted in them.
    ap, ap_70: average precision at IoU 0.5 and 0.7. recall_tenth, recall_one: recall at
    0.1 and 1 false positives a photo, at IoU 0.5. froc: the same at every threshold.
    fit: the transform that all photos together ask for; the figures use those of the halves.
    """

    detector: str
    photos: int
    faces: int
    ap: Figure
    ap_70: Figure
    recall_tenth: Figure
    recall_one: Figure
    froc: Froc
    fit: BoxFit


def performance(
    detector: str, photos: Sequence[AnnotatedPhoto], found: Sequence[Found], *, min_face: float, seed: int = 1
) -> Performance:
    """The figures of the detector of this name, from what it found in each of the photos.

    The photos are taken in two halves by sorted name; each half is judged after the box fit
    of the other, and the verdicts are pooled. ``min_face``: side of the smallest wanted
    square. No photos, or none with a wanted face, gives figures of NaN.
    """
    truths = [Truth.of(photo, min_face) for photo in photos]
    in_style = mended(found, truths, [photo.name for photo in photos])
    at_50 = tally(in_style, truths, min_face=min_face, min_iou=0.5)
    at_70 = tally(in_style, truths, min_face=min_face, min_iou=0.7)
    ap, recall_tenth, recall_one = figures(at_50, MEASURES, seed=seed)
    (ap_70,) = figures(at_70, MEASURES[:1], seed=seed)
    return Performance(
        detector=detector,
        photos=len(photos),
        faces=int(at_50.wanted.sum()),
        ap=ap,
        ap_70=ap_70,
        recall_tenth=recall_tenth,
        recall_one=recall_one,
        froc=froc(at_50),
        fit=fitted(found, truths, range(len(photos))),
    )


def fitted(found: Sequence[Found], truths: Sequence[Truth], rows: Iterable[int]) -> BoxFit:
    """The transform that these photos ask for, from the pairs of their raw boxes and wanted faces."""
    boxes, labels = [np.zeros((0, 4), np.float32)], [np.zeros((0, 4), np.float32)]
    for row in rows:
        raw, wanted = found[row], truths[row].wanted
        verdicts = match(raw.boxes, raw.scores, truths[row], min_face=0, min_iou=PAIR_IOU)
        boxes.append(raw.boxes[verdicts >= 0])
        labels.append(wanted[verdicts[verdicts >= 0]])
    return BoxFit.of(np.concatenate(boxes), np.concatenate(labels))


def tally(found: Sequence[Found], truths: Sequence[Truth], *, min_face: float, min_iou: float) -> Tally:
    """The pooled verdicts on boxes that are already in the style of the labels."""
    return Tally.pool(
        (
            one.scores,
            match(one.boxes, one.scores, truth, min_face=min_face, min_iou=min_iou),
            len(truth.wanted),
        )
        for one, truth in zip(found, truths, strict=True)
    )


def mended(found: Sequence[Found], truths: Sequence[Truth], names: Sequence[str]) -> list[Found]:
    """The boxes of each photo after the transform of the half that it is not in; ``names`` sort them."""
    fits = fits_of_halves(found, truths, names)
    return [
        Found(boxes=fit.apply(one.boxes), scores=one.scores) for one, fit in zip(found, fits, strict=True)
    ]


def fits_of_halves(found: Sequence[Found], truths: Sequence[Truth], names: Sequence[str]) -> list[BoxFit]:
    """For each photo the transform that the half asks for that it is not in; ``names`` sort them."""
    first, second = halves(names)
    fits = dict.fromkeys(first, fitted(found, truths, second))
    fits |= dict.fromkeys(second, fitted(found, truths, first))
    return [fits[row] for row in range(len(found))]
