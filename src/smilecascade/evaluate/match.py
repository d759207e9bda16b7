"""Which detections of a photo are hits, which are false alarms, and which are neither.

Sizes. A label's size is the side of its canonical square. A detection's size is √(w·h) of
its box after the fitted transform (``evaluate.boxfit``): the side of the square of the same
area, so that both are measured on the same thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smilecascade.geometry.boxes import FloatArray, IntArray, areas, iou
from smilecascade.records import AnnotatedPhoto

#: Verdicts on a detection that hit no wanted face. A verdict of 0 or more is a hit, and says which.
FALSE_ALARM = -1
EXCUSED = -2

#: A detection smaller than this share of the smallest wanted face is not counted against.
LEAST_SHARE = 0.8

#: A detection that overlaps a known unlabelled face by this IoU is not counted against.
UNLABELLED_IOU = 0.3


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What the labels of one photo ask of a detector, given the smallest wanted size.

    wanted:     (R, 4) squares of the faces that must be found.
    optional:   (I, 4) squares neither required nor counted against: faces under the
                smallest wanted size, and those that the authors exclude.
    unlabelled: (U, 4) squares of faces that the authors forgot.
    """

    wanted: FloatArray
    optional: FloatArray
    unlabelled: FloatArray

    @classmethod
    def of(cls, photo: AnnotatedPhoto, min_face: float) -> Truth:
        """The truth of a photo; labels of the role ``doubtful`` have no part in it."""
        faces = photo.squares("face")
        small = np.array([face.side < min_face for face in photo.faces if face.role == "face"], bool)
        return cls(
            wanted=faces[~small],
            optional=np.concatenate([faces[small], photo.squares("ignore")]),
            unlabelled=photo.squares("unlabelled"),
        )


def match(
    boxes: FloatArray, scores: FloatArray, truth: Truth, *, min_face: float, min_iou: float
) -> IntArray:
    """The verdict on each of a photo's detections, (N,): a row of ``truth.wanted``, or what it is else.

    boxes (N, 4) after the fitted transform, scores (N,), in any order. Best first, each takes
    the free label, wanted or optional, of the highest IoU, if that is at least ``min_iou``; of
    equal scores or overlaps the first goes first. Taking a wanted one is a hit, an optional
    one EXCUSED. Left without a label, a detection is EXCUSED if it is too small to be asked
    for, if it repeats an optional label, or if it lies on an unlabelled face; otherwise it is
    a FALSE_ALARM. N = 0 gives an empty array.
    """
    overlaps = iou(boxes, np.concatenate([truth.wanted, truth.optional]))
    verdicts = np.where(_excused(boxes, overlaps, truth, min_face, min_iou), EXCUSED, FALSE_ALARM)
    for row, label in _taken(overlaps, scores, min_iou):
        verdicts[row] = label if label < len(truth.wanted) else EXCUSED
    return verdicts.astype(np.int32)


def _taken(overlaps: FloatArray, scores: FloatArray, min_iou: float) -> Iterator[tuple[int, int]]:
    """Pairs of a detection and the label that it takes, best detection first."""
    free = np.where(overlaps >= min_iou, overlaps, -1)
    if not free.size:
        return
    for row in np.argsort(-scores, kind="stable"):
        label = int(free[row].argmax())
        if free[row, label] >= 0:
            free[:, label] = -1
            yield int(row), label


def _excused(
    boxes: FloatArray, overlaps: FloatArray, truth: Truth, min_face: float, min_iou: float
) -> NDArray[np.bool_]:
    """Which detections are not counted against if they take no label, (N,)."""
    small = np.sqrt(areas(boxes)) < LEAST_SHARE * min_face
    repeated = (overlaps[:, len(truth.wanted) :] >= min_iou).any(axis=1)
    forgotten = (iou(boxes, truth.unlabelled) >= UNLABELLED_IOU).any(axis=1)
    excused: NDArray[np.bool_] = small | repeated | forgotten
    return excused
