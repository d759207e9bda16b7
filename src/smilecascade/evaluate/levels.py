"""What each level does with the windows: how many it lets through, and which faces it loses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

import numpy as np

from smilecascade.detect.cascade import Stage
from smilecascade.geometry.boxes import iou
from smilecascade.records import AnnotatedPhoto

#: Faces that a level is asked to keep: smaller ones have too few pixels for its net.
LEAST_SIDE = 24

#: A face is kept if a surviving window overlaps its square by this: after level 1, and later.
KEPT_IOU_FIRST = 0.4
KEPT_IOU_LATER = 0.5


@dataclass(frozen=True, kw_only=True)
class LevelSummary:
    """A level over a set of photos.

    level:       1, 2, 3; 0 is the filter over everything at the end.
    entered:     windows that came in, a photo.
    classified:  those that its classifier kept, a photo; for level 0 those that came in.
    left:        those left after its filter, a photo.
    recall:      share of the wanted faces that some window left still overlaps, 0..1; this
                 counts what all levels so far have lost. NaN where no face is wanted.
    elapsed_ms:  median time a photo, in milliseconds.
    """

    level: int
    entered: float
    classified: float
    left: float
    recall: float
    elapsed_ms: float


@dataclass(frozen=True, kw_only=True)
class _Visit:
    """One level in one photo."""

    level: int
    entered: int
    classified: int
    left: int
    kept: int
    elapsed_s: float


class LevelTable:
    """Gathers the traces of photos, one after the other, and sums them up.

    min_face: side of the smallest square searched; wanted are the faces of at least this
    and at least ``LEAST_SIDE`` pixels.
    """

    def __init__(self, min_face: float) -> None:
        self._least_side = max(min_face, LEAST_SIDE)
        self._visits: dict[int, list[_Visit]] = {}
        self._faces = 0

    def add(self, photo: AnnotatedPhoto, trace: Sequence[Stage]) -> None:
        """Take in what ``Cascade.trace`` says of a photo; an empty trace counts its faces as lost."""
        wanted = [
            face.square for face in photo.faces if face.role == "face" and face.side >= self._least_side
        ]
        self._faces += len(wanted)
        squares = np.array(wanted, np.float32).reshape(-1, 4)
        for visit in _visits(trace, squares):
            self._visits.setdefault(visit.level, []).append(visit)

    def summaries(self) -> list[LevelSummary]:
        """A row for each level, in the order of the cascade; none where no trace was added."""
        return [self._summary(level, visits) for level, visits in self._visits.items()]

    def _summary(self, level: int, visits: Sequence[_Visit]) -> LevelSummary:
        kept = sum(visit.kept for visit in visits)
        return LevelSummary(
            level=level,
            entered=_mean([visit.entered for visit in visits]),
            classified=_mean([visit.classified for visit in visits]),
            left=_mean([visit.left for visit in visits]),
            recall=kept / self._faces if self._faces else float("nan"),
            elapsed_ms=1000 * median(visit.elapsed_s for visit in visits),
        )


def _visits(trace: Sequence[Stage], wanted: np.ndarray) -> Iterator[_Visit]:
    for level, steps in groupby(trace, key=lambda stage: stage.level):
        first, *others = steps
        last = others[-1] if others else first
        least_iou = KEPT_IOU_FIRST if level == 1 else KEPT_IOU_LATER
        yield _Visit(
            level=level,
            entered=first.entered,
            classified=len(first.candidates) if others else first.entered,
            left=len(last.candidates),
            kept=int((iou(wanted, last.candidates.boxes) >= least_iou).any(axis=1).sum()),
            elapsed_s=sum(stage.elapsed_s for stage in (first, *others)),
        )


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values)
