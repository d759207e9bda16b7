"""Old and new on the photos that were held back: which of them is the better one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from smilecascade import images
from smilecascade.bundle import Bundle
from smilecascade.datasets import open_set
from smilecascade.detect.cascade import Detector
from smilecascade.evaluate.measure import Found, Performance, performance
from smilecascade.records import AnnotatedPhoto
from smilecascade.train.finetune.split import MIN_FACE
from smilecascade.train.materials import Track

#: Least score of the detections that figures are made of, as in ``smilecascade evaluate``.
LEAST_SCORE = 0.02

FIGURES = ("ap", "recall_tenth", "recall_one", "ap_70")


def measured(
    name: str, bundle: Bundle, photos: Sequence[AnnotatedPhoto], threads: int, track: Track
) -> Performance:
    """What a bundle reaches on these photos, as ``smilecascade evaluate`` says it."""
    detector = Detector(bundle, threads)
    found = [
        Found.of(detector.faces(images.read(photo.path), min_face=MIN_FACE, min_score=LEAST_SCORE))
        for photo in track(photos, f"measuring {name}")
    ]
    return performance(name, photos, found, min_face=MIN_FACE)


def better(new: Performance, old: Performance) -> bool:
    """Whether the average precision at IoU 0.5 is higher: of all figures the one that fewest photos shake."""
    return new.ap.value > old.ap.value


def figures_of(one: Performance, name: str) -> dict[str, Any]:
    """The figures as a manifest keeps them, with the name of the set that they are of."""
    reached = {figure: round(getattr(one, figure).value, 4) for figure in FIGURES}
    return {"set": name, "min_face": MIN_FACE, "min_score": LEAST_SCORE, "photos": one.photos, **reached}


def validation_photos(folder: Path) -> list[AnnotatedPhoto]:
    """The photos of a set in the format of WebFaces."""
    return list(open_set("webfaces", folder))
