"""What each level does with the windows: how many it lets through, and which faces it loses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from smilecascade.detect.cascade import Stage
from smilecascade.geometry.boxes import FloatArray, iou, iou_of_pairs, sides
from smilecascade.records import AnnotatedPhoto

#: Faces that a level is asked to keep: smaller ones have too few pixels for its net.
LEAST_SIDE = 24

#: A face is kept if a surviving window overlaps its square by this: after level 1, and later.
KEPT_IOU_FIRST = 0.4
KEPT_IOU_LATER = 0.5

#: A window shows a face, and calibration is asked to move it there, from this IoU on.
CALIBRATED_IOU = 0.3


@dataclass(frozen=True, kw_only=True)
class LevelSummary:
    """A level over a set of photos.

    level:       1, 2, 3; 0 is the filter over everything at the end, and the alignment after it.
    entered:     windows that came in, a photo.
    classified:  those that its classifier kept, a photo; for level 0 those that came in.
    left:        those left after its filter, a photo.
    recall:      share of the wanted faces that some window left still overlaps, 0..1; this
                 counts what all levels so far have lost. NaN where no face is wanted.
    per_face:    windows left that overlap a wanted face enough to keep it, for each face kept: 1 is
                 all that is needed, the rest are duplicates. NaN where no face is kept.
    iou_before, iou_after: median IoU with the true square, before and after calibration, for
                 level 0 alignment, of the same windows: those kept that overlap a face of at
                 least ``LEAST_SIDE`` pixels by ``CALIBRATED_IOU`` before. NaN where there is none.
    elapsed_ms:  median time a photo, in milliseconds.
    """

    level: int
    entered: float
    classified: float
    left: float
    recall: float
    per_face: float
    iou_before: float
    iou_after: float
    elapsed_ms: float


@dataclass(frozen=True, kw_only=True)
class _Visit:
    """One level in one photo."""

    level: int
    entered: int
    classified: int
    left: int
    kept: int
    shown: int
    """Windows left that overlap a wanted face enough to keep it."""

    iou: NDArray[np.float32]
    """(2, K): with the face that each window shows, before and after calibration."""

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
        squares = photo.squares("face")
        wanted = squares[sides(squares) >= self._least_side]
        self._faces += len(wanted)
        for visit in _visits(trace, wanted, squares[sides(squares) >= LEAST_SIDE]):
            self._visits.setdefault(visit.level, []).append(visit)

    def summaries(self) -> list[LevelSummary]:
        """A row for each level, in the order of the cascade; none where no trace was added."""
        return [self._summary(level, visits) for level, visits in self._visits.items()]

    def _summary(self, level: int, visits: Sequence[_Visit]) -> LevelSummary:
        kept = sum(visit.kept for visit in visits)
        before, after = np.concatenate([visit.iou for visit in visits], axis=1)
        return LevelSummary(
            level=level,
            entered=_mean([visit.entered for visit in visits]),
            classified=_mean([visit.classified for visit in visits]),
            left=_mean([visit.left for visit in visits]),
            recall=kept / self._faces if self._faces else float("nan"),
            per_face=sum(visit.shown for visit in visits) / kept if kept else float("nan"),
            iou_before=float(np.median(before)) if len(before) else float("nan"),
            iou_after=float(np.median(after)) if len(after) else float("nan"),
            elapsed_ms=1000 * median(visit.elapsed_s for visit in visits),
        )


def _visits(trace: Sequence[Stage], wanted: FloatArray, faces: FloatArray) -> Iterator[_Visit]:
    for level, steps in groupby(trace, key=lambda stage: stage.level):
        stages = list(steps)
        first, last = stages[0], stages[-1]
        least_iou = KEPT_IOU_FIRST if level == 1 else KEPT_IOU_LATER
        keeps = iou(wanted, last.candidates.boxes) >= least_iou
        yield _Visit(
            level=level,
            entered=first.entered,
            classified=len(first.candidates) if level else first.entered,
            left=len(last.candidates),
            kept=int(keeps.any(axis=1).sum()),
            shown=int(keeps.any(axis=0).sum()),
            iou=_iou_with_faces(stages, faces),
            elapsed_s=sum(stage.elapsed_s for stage in stages),
        )


def _iou_with_faces(stages: Sequence[Stage], faces: FloatArray) -> NDArray[np.float32]:
    """(2, K): of the windows that show a face, the IoU with it before and after they were moved."""
    moves = [pair for pair in pairwise(stages) if pair[1].step in ("calibrated", "aligned")]
    if not moves or not len(faces):
        return np.zeros((2, 0), np.float32)
    lying, moved = moves[0]
    overlap = iou(lying.candidates.boxes, faces)
    shown = overlap.argmax(axis=1)
    before = overlap.max(axis=1)
    after = iou_of_pairs(moved.candidates.boxes, faces[shown])
    both: NDArray[np.float32] = np.stack([before, after])[:, before >= CALIBRATED_IOU]
    return both


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values)
