"""Thresholds chosen for recall, on whole validation photos, through the cascade as users run it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from smilecascade import images
from smilecascade.detect.cascade import Detector
from smilecascade.evaluate.measure import Found, performance
from smilecascade.geometry.boxes import iou, sides
from smilecascade.mipmaps import Mipmaps
from smilecascade.records import AnnotatedPhoto

#: Faces smaller than this are not asked of a level.
LEAST_SIDE = 24.0

#: False alarms a photo that the threshold of the last level allows: one in twenty photos.
ALARMS = 0.05


def best_scores(
    detector: Detector, photos: Iterable[AnnotatedPhoto], *, min_face: float, least_iou: float
) -> NDArray[np.float32]:
    """For every face of the photos the score up to which the last level keeps it: (faces,).

    The detector's last level must have a threshold near zero. Since the best windows are
    suppressed first, a higher threshold takes away windows and changes no other: a face is
    kept at a threshold if a surviving window of at least that score overlaps its square by
    ``least_iou``. 0 where no window does.
    """
    found = [np.zeros(0, np.float32)]
    for photo in photos:
        squares = photo.squares("face")
        squares = squares[sides(squares) >= LEAST_SIDE]
        if len(squares):
            kept = detector.survivors(Mipmaps(images.read(photo.path)), min_face=min_face)
            near = iou(squares, kept.boxes) >= least_iou
            scores = np.where(near, kept.scores, 0)
            found.append(scores.max(1, initial=0).astype(np.float32))
    return np.concatenate(found)


def threshold_for(scores: NDArray[np.float32], recall: float) -> float:
    """The highest threshold that keeps this share of the faces; at least 0.001."""
    ordered = np.sort(scores)[::-1]
    wanted = int(np.ceil(recall * len(ordered)))
    return max(0.001, float(ordered[wanted - 1])) if wanted else 0.001


def threshold_at_alarms(detector: Detector, photos: Iterable[AnnotatedPhoto], *, min_face: float) -> float:
    """The lowest threshold of the last level with at most ``ALARMS`` false alarms a photo.

    This one is what users see, so it is chosen by what they would mind. The detector's last
    level must have a threshold near zero.
    """
    seen, found = [], []
    for photo in photos:
        seen.append(photo)
        found.append(Found.of(detector.faces(images.read(photo.path), min_face=min_face)))
    curve = performance("ours", seen, found, min_face=min_face).froc
    allowed = curve.thresholds[curve.false_positives_a_photo <= ALARMS]
    return float(allowed.min(initial=1.0))
