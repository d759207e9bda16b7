"""Which faces a detector finds: recall by their size, and by the groups that a set names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from smilecascade.evaluate.match import Truth, match
from smilecascade.evaluate.measure import Found, Performance, mended
from smilecascade.records import AnnotatedPhoto

#: Sizes are told apart up to this many doublings of the smallest wanted face.
DOUBLINGS = 2

#: False positives a photo at which recall is told.
ALARMS = 1.0

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Share:
    """The faces of one group and size: how many there are, and the share found.

    group: the set's name of it, or ``ALL``. least, most: sides of their squares in pixels,
    ``most`` exclusive and perhaps infinite. recall: 0..1 at ``ALARMS`` false positives a photo
    over the whole set; NaN without faces.
    """

    group: str
    least: float
    most: float
    faces: int
    recall: float


def breakdown(
    whole: Performance, photos: Sequence[AnnotatedPhoto], found: Sequence[Found], *, min_face: float
) -> list[Share]:
    """The shares of every group and size, all groups first, sizes ascending and all sizes last.

    whole: the performance of the same detections; its curve gives the threshold.
    """
    allowed = whole.froc.thresholds[whole.froc.false_positives_a_photo <= ALARMS]
    hit = _scores_of_faces(photos, found, min_face) >= allowed.min(initial=np.inf)
    labels = [face for photo in photos for face in photo.faces if _is_wanted(face.role, face.side, min_face)]
    size = np.array([label.side for label in labels])
    group = np.array([label.group for label in labels], np.str_)
    edges = [min_face * 2.0**k for k in range(DOUBLINGS + 1)] + [np.inf]
    ranges = [*pairwise(edges), (min_face, np.inf)]
    names = [ALL, *sorted(set(group.tolist()) - {""})]
    return [
        _share(name, low, high, hit[((name == ALL) | (group == name)) & (size >= low) & (size < high)])
        for name in names
        for low, high in ranges
    ]


def _is_wanted(role: str, side: float, min_face: float) -> bool:
    return role == "face" and side >= min_face


def _share(group: str, least: float, most: float, hit: NDArray[np.bool_]) -> Share:
    recall = float(hit.mean()) if len(hit) else float("nan")
    return Share(group=group, least=least, most=most, faces=len(hit), recall=recall)


def _scores_of_faces(
    photos: Sequence[AnnotatedPhoto], found: Sequence[Found], min_face: float
) -> NDArray[np.float32]:
    """The score of the detection that hit each wanted face, photo by photo; 0 where none did."""
    truths = [Truth.of(photo, min_face) for photo in photos]
    scores = [np.zeros(0, np.float32)]
    for one, truth in zip(mended(found, truths, [photo.name for photo in photos]), truths, strict=True):
        verdicts = match(one.boxes, one.scores, truth, min_face=min_face, min_iou=0.5)
        best = np.zeros(len(truth.wanted), np.float32)
        best[verdicts[verdicts >= 0]] = one.scores[verdicts >= 0]
        scores.append(best)
    return np.concatenate(scores)
