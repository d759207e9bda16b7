"""What a bundle reaches on labelled photos, as ``smilecascade evaluate`` and a manifest say it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smilecascade import images
from smilecascade.bundle import Bundle
from smilecascade.detect.cascade import Detector
from smilecascade.evaluate.measure import Found, Performance, performance
from smilecascade.records import AnnotatedPhoto
from smilecascade.train.materials import Track

#: Smallest square searched where figures are measured and thresholds are chosen, pixels.
MIN_FACE = 20

#: Least score of the detections that figures are made of, as in ``smilecascade evaluate``.
LEAST_SCORE = 0.02

FIGURES = ("ap", "ap_70", "recall_tenth", "recall_one")


def measured(
    name: str,
    bundle: Bundle,
    photos: Sequence[AnnotatedPhoto],
    track: Track,
    *,
    label: str,
    threads: int | None = None,
) -> Performance:
    """What a bundle of this name reaches on these photos; ``label`` says what is done meanwhile."""
    detector = Detector(bundle, threads)
    found = [
        Found.of(detector.faces(images.read(photo.path), min_face=MIN_FACE, min_score=LEAST_SCORE))
        for photo in track(photos, label)
    ]
    return performance(name, photos, found, min_face=MIN_FACE)


def figures_of(one: Performance, name: str) -> dict[str, Any]:
    """The figures as a manifest keeps them, with the name of the set that they are of."""
    reached = {figure: round(getattr(one, figure).value, 4) for figure in FIGURES}
    return {"set": name, "min_face": MIN_FACE, "min_score": LEAST_SCORE, **reached}
