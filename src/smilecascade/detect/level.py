"""One level of the cascade: classify the windows, keep, calibrate, filter those that overlap."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from smilecascade.bundle import Classifier
from smilecascade.geometry.boxes import FloatArray
from smilecascade.geometry.pyramid import squares_of_positions, window_sides
from smilecascade.geometry.suppress import suppress
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Candidates
from smilecascade.specs import CascadeSpec, LevelSpec

Step = Literal["classified", "calibrated", "filtered", "reported"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What one step of one level did to the windows of a photo.

    level: 1, 2, 3; 0 for the filter over everything. entered: windows that came in.
    candidates: those left after it. elapsed_s: its wall time, cutting the crops included.
    """

    level: int
    step: Step
    entered: int
    candidates: Candidates
    elapsed_s: float


#: Is told of every stage as it ends.
Watcher = Callable[[Stage], None]


@dataclass(frozen=True, kw_only=True)
class Level:
    """One level at work: its number, its spec and its classifier."""

    number: int
    spec: LevelSpec
    classify: Classifier

    def scan(
        self, photo: Mipmaps, cascade: CascadeSpec, min_face: float, watch: Watcher | None
    ) -> Candidates:
        """The first level: slide over the whole pyramid, and keep what looks like a face."""
        started = time.perf_counter()
        found, entered = self._scan_pyramid(photo, cascade, min_face)
        return self._finish(found, entered, started, watch)

    def examine(self, photo: Mipmaps, windows: Candidates, watch: Watcher | None) -> Candidates:
        """A later level: look at the windows that the level before let through, and keep some."""
        started = time.perf_counter()
        judged = replace(windows, scores=self._scores(photo, windows.boxes))
        found = judged[judged.scores >= self.spec.min_score]
        return self._finish(found, len(windows), started, watch)

    def _finish(self, found: Candidates, entered: int, started: float, watch: Watcher | None) -> Candidates:
        classified = time.perf_counter()
        kept = filtered(found, self.spec.max_iou)
        if watch:
            watch(self._stage("classified", entered, found, classified - started))
            watch(self._stage("filtered", len(found), kept, time.perf_counter() - classified))
        return kept

    def _stage(self, step: Step, entered: int, candidates: Candidates, elapsed_s: float) -> Stage:
        return Stage(
            level=self.number, step=step, entered=entered, candidates=candidates, elapsed_s=elapsed_s
        )

    def _scan_pyramid(self, photo: Mipmaps, cascade: CascadeSpec, min_face: float) -> tuple[Candidates, int]:
        """The windows that look like a face, and how many were looked at."""
        border = ceil(cascade.padding * self.spec.window)
        octave = cascade.scales_per_octave
        sides = window_sides(
            photo.height,
            photo.width,
            min_face=min_face,
            step=2 ** (1 / octave),
            largest=cascade.largest,
        )
        sizes = [self._size_at(photo, float(side)) for side in sides[:octave]]
        images = photo.pyramid(sizes, len(sides), border=border)
        maps = [(self._score_map(image), ratio) for image, ratio in images]
        return self._found(maps, sides, border), sum(scores.size for scores, _ in maps)

    def _size_at(self, photo: Mipmaps, side: float) -> tuple[int, int]:
        """Width and height of the pyramid image on which windows of this side have the net's size."""
        scale = self.spec.window / side
        return max(1, round(photo.width * scale)), max(1, round(photo.height * scale))

    def _score_map(self, image: Pixels) -> FloatArray:
        if min(image.shape[:2]) < self.spec.window:
            return np.zeros((0, 0), np.float32)
        scores: FloatArray = self.classify(image[None])[0]
        return scores

    def _found(
        self,
        maps: list[tuple[FloatArray, tuple[float, float]]],
        sides: NDArray[np.float64],
        border: int,
    ) -> Candidates:
        """All scales at once: a photo has a dozen of them, and each call has its price."""
        flat = [np.flatnonzero(scores >= self.spec.min_score) for scores, _ in maps]
        scales = np.repeat(np.arange(len(maps), dtype=np.int32), [len(found) for found in flat])
        if not len(scales):
            return Candidates.empty()
        widths = np.array([scores.shape[1] for scores, _ in maps])
        rows, columns = np.divmod(np.concatenate(flat), widths[scales])
        squares = squares_of_positions(
            rows,
            columns,
            side=sides[scales],
            window=self.spec.window,
            stride=self.spec.stride,
            border=border,
            ratio=np.array([ratio for _, ratio in maps])[scales],
        )
        scores = np.concatenate([s.ravel()[found] for (s, _), found in zip(maps, flat, strict=True)])
        return Candidates(boxes=squares, scores=scores, scales=scales)

    def _scores(self, photo: Mipmaps, squares: FloatArray) -> FloatArray:
        scores = np.empty(len(squares), np.float32)
        for start in range(0, len(squares), self.spec.batch):
            chunk = slice(start, start + self.spec.batch)
            scores[chunk] = self.classify(photo.crops(squares[chunk], self.spec.window)).reshape(-1)
        return scores


def filtered(candidates: Candidates, max_iou: float, *, across_scales: bool = False) -> Candidates:
    """Of windows that overlap too much the best stays; within each scale, or across all. Best first."""
    groups = None if across_scales else candidates.scales
    return candidates[suppress(candidates.boxes, candidates.scores, max_iou=max_iou, groups=groups)]
