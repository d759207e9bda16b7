"""WIDER FACE's protocol: average precision over a subset of the faces.

Scores are stretched over the whole set, the least to 0 and the greatest to 1, and counted at 1000
thresholds. Best first, each detection of a photo looks at the one label that it overlaps most, taken
or not. If that overlap (IoU) is at least a half, it finds the label; where the label is not of
the subset, the detection is left out of all counts, however many there are. Every other
detection is a proposal, and those are false that find nothing new. A photo without any labelled box is
passed over, with all that was found in it. Widths and heights count from the first pixel to the
last: a box of width 0 is one pixel wide. Source: Yang, Luo, Loy, Tang: WIDER FACE, CVPR 2016,
and what its evaluation program does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from smilecascade.datasets import wider
from smilecascade.evaluate.protocols.overlaps import Values
from smilecascade.geometry.boxes import FloatArray, iou
from smilecascade.interchange.regions import MarkedPhoto, Region
from smilecascade.interchange.wider import read_labels

THRESHOLDS = 1000
MIN_IOU = 0.5

#: Which faces of each photo are of a subset: (G,) masks.
Subset = Sequence[NDArray[np.bool_]]


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Precision against recall at ``THRESHOLDS`` thresholds, from the strictest on.

    recall: (T,) in 0..1, NaN where the subset has no face. precision: (T,), 0 without proposals.
    faces: how many there are to find.
    """

    faces: int
    recall: Values
    precision: Values

    @property
    def average_precision(self) -> float:
        """The area under the curve, at each recall the best precision at that recall or a higher one."""
        best = np.maximum.accumulate(self.precision[::-1])[::-1]
        return float((np.diff(self.recall, prepend=0.0) * best).sum())


def labels(root: Path) -> tuple[list[MarkedPhoto], Path]:
    """All boxes of the set's photos (split ``val``), and the folder of the photos."""
    path, photos = wider.label_file(root, "val")
    return list(read_labels(path)), photos


def every_valid(photos: Sequence[MarkedPhoto]) -> Subset:
    """The subset of all faces with a width and height that are not marked invalid."""
    return [np.array([not (face.ignored or face.is_empty) for face in one.regions], bool) for one in photos]


def curve(labels: Sequence[MarkedPhoto], found: Sequence[MarkedPhoto], subset: Subset) -> Curve:
    """The curve of the detections of these photos, in the same order, over a subset of their faces."""
    thresholds = 1 - np.arange(1, THRESHOLDS + 1) / THRESHOLDS
    proposals, hits = np.zeros((2, THRESHOLDS), np.int64)
    for photo, one, wanted, scores in zip(labels, found, subset, _stretched(found), strict=True):
        if not (photo.regions and one.regions):
            continue
        order = np.argsort(-scores, kind="stable")
        reached = np.searchsorted(-scores[order], -thresholds, side="right")
        counted, new = _judged(_boxes(photo.regions), _boxes(one.regions)[order], wanted)
        proposals += np.append(0, np.cumsum(counted))[reached]
        hits += np.append(0, np.cumsum(new))[reached]
    faces = sum(int(wanted.sum()) for wanted in subset)
    return Curve(faces=faces, recall=_ratio(hits, faces, np.nan), precision=_ratio(hits, proposals, 0.0))


def _judged(
    labels: FloatArray, boxes: FloatArray, wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Of boxes, best first: whether each is a proposal, and whether it finds a wanted label that none
    before it did."""
    overlaps = iou(boxes, labels)
    nearest = overlaps.argmax(axis=1)
    on_label = overlaps.max(axis=1) >= MIN_IOU
    found = on_label & wanted[nearest]
    first = np.zeros(len(boxes), bool)
    first[np.unique(np.where(found, nearest, -1), return_index=True)[1]] = True
    return ~on_label | found, found & first


def _stretched(found: Sequence[MarkedPhoto]) -> list[Values]:
    """The scores of each photo after the greatest became 1 and the least 0; all 1 where they are equal."""
    scores = [np.array([face.confidence for face in one.regions], np.float64) for one in found]
    every = np.concatenate([np.zeros(0), *scores])
    least, span = every.min(initial=np.inf), np.ptp(every) if len(every) else 0.0
    return [(one - least) / span if span > 0 else np.ones_like(one) for one in scores]


def _boxes(regions: Sequence[Region]) -> FloatArray:
    """Boxes (N, 4) whose right and bottom edges take in the pixel that the set's count from, too."""
    return np.array([face.box for face in regions], np.float32) + np.array([0, 0, 1, 1], np.float32)


def _ratio(part: NDArray[np.int64], whole: int | NDArray[np.int64], otherwise: float) -> Values:
    ratio: Values = np.divide(part, whole, out=np.full(part.shape, otherwise), where=np.asarray(whole) > 0)
    return ratio
