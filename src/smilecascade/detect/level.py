"""One level of the cascade: classify the windows, keep, calibrate, filter those that overlap."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from smilecascade.bundle import Judge, Verdicts
from smilecascade.geometry.boxes import FloatArray
from smilecascade.geometry.calibration import calibrated
from smilecascade.geometry.pyramid import squares_of_positions, window_sides
from smilecascade.geometry.suppress import suppress
from smilecascade.mipmaps import Mipmaps
from smilecascade.records import Candidates
from smilecascade.sheets import Sheet, laid_out, tile_of_windows
from smilecascade.specs import CascadeSpec, LevelSpec

Step = Literal["classified", "calibrated", "filtered", "reported", "aligned"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What one step of one level did to the windows of a photo.

    level: 1, 2, 3; 0 for the filter over everything and the alignment after it. entered: windows
    that came in. candidates: those left after it. elapsed_s: its wall time. Cutting the windows
    belongs to ``classified``, and so does the net's run, which also says how those it keeps are
    displaced.
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
    """One level at work: its number, its spec and its net."""

    number: int
    spec: LevelSpec
    judge: Judge

    def scan(
        self, photo: Mipmaps, cascade: CascadeSpec, min_face: float, watch: Watcher | None
    ) -> Candidates:
        """The first level: slide over the whole pyramid, and keep what looks like a face."""
        started = time.perf_counter()
        windows, said, entered = self._slide(photo, cascade, min_face)
        return self._settled(windows, said, entered, started, watch)

    def examine(self, photo: Mipmaps, windows: Candidates, watch: Watcher | None) -> Candidates:
        """A later level: look at the windows that the level before let through, and keep some."""
        started = time.perf_counter()
        said = self._verdicts(photo, windows.boxes)
        return self._settled(windows[said.places], said, len(windows), started, watch)

    def _settled(
        self, windows: Candidates, said: Verdicts, entered: int, started: float, watch: Watcher | None
    ) -> Candidates:
        """The windows kept, moved onto their faces, and rid of those that overlap a better one."""
        found = replace(windows, scores=said.scores)
        classified_at = time.perf_counter()
        moved = self._calibrated(found, said)
        calibrated_at = time.perf_counter()
        kept = filtered(moved, self.spec.max_iou, across_scales=self.spec.across_scales)
        if watch:
            watch(self._stage("classified", entered, found, classified_at - started))
            watch(self._stage("calibrated", len(found), moved, calibrated_at - classified_at))
            watch(self._stage("filtered", len(moved), kept, time.perf_counter() - calibrated_at))
        return kept

    def _calibrated(self, found: Candidates, said: Verdicts) -> Candidates:
        if said.displacements is None or not self.spec.calibrate:
            return found
        return replace(found, boxes=calibrated(found.boxes, said.displacements))

    def _stage(self, step: Step, entered: int, candidates: Candidates, elapsed_s: float) -> Stage:
        return Stage(
            level=self.number, step=step, entered=entered, candidates=candidates, elapsed_s=elapsed_s
        )

    def _slide(
        self, photo: Mipmaps, cascade: CascadeSpec, min_face: float
    ) -> tuple[Candidates, Verdicts, int]:
        """The windows of all scales that look like a face, what is said of them, and how many were seen."""
        searched = window_sides(
            photo.height,
            photo.width,
            min_face=min_face,
            step=2 ** (1 / cascade.scales_per_octave),
            largest=cascade.largest,
        )
        sizes = tuple(self._size_at(photo, float(side)) for side in searched)
        if not sizes:
            return Candidates.empty(), Verdicts.none(), 0
        border = ceil(cascade.padding * self.spec.window)
        sheet = laid_out(sizes, border=border, cell=self.spec.stride)
        return self._read(photo, sheet, searched, (photo.width, photo.height) / np.array(sizes))

    def _size_at(self, photo: Mipmaps, side: float) -> tuple[int, int]:
        """Width and height of the pyramid image on which windows of this side have the net's size."""
        scale = self.spec.window / side
        return max(1, round(photo.width * scale)), max(1, round(photo.height * scale))

    def _read(
        self, photo: Mipmaps, sheet: Sheet, searched: NDArray[np.float64], ratios: NDArray[np.float64]
    ) -> tuple[Candidates, Verdicts, int]:
        """The windows that the net keeps of a sheet; those across two of its tiles are none."""
        window, stride = self.spec.window, self.spec.stride
        if min(sheet.height, sheet.width) < window:
            return Candidates.empty(), Verdicts.none(), 0
        said = self.judge(photo.laid(sheet)[None], self.spec.min_score)
        tiles, entered = tile_of_windows(sheet, window, stride)
        scales = tiles.ravel()[said.places].astype(np.int32)
        said, scales = said[scales >= 0], scales[scales >= 0]
        rows, columns = np.divmod(said.places, tiles.shape[1])
        squares = squares_of_positions(
            rows - sheet.tops[scales] // stride,
            columns - sheet.lefts[scales] // stride,
            side=searched[scales],
            window=window,
            stride=stride,
            border=sheet.border,
            ratio=ratios[scales],
        )
        return Candidates(boxes=squares, scores=said.scores, scales=scales), said, entered

    def _verdicts(self, photo: Mipmaps, squares: FloatArray) -> Verdicts:
        """What the net says of the windows that it keeps; places are rows of ``squares``."""
        parts = []
        for start in range(0, len(squares), self.spec.batch):
            crops = photo.crops(squares[start : start + self.spec.batch], self.spec.window)
            said = self.judge(crops, self.spec.min_score)
            parts.append(replace(said, places=said.places + start))
        return Verdicts.concatenate(parts)


def filtered(candidates: Candidates, max_iou: float, *, across_scales: bool = False) -> Candidates:
    """Of windows that overlap too much the best stays; within each scale, or across all. Best first."""
    groups = None if across_scales else candidates.scales
    return candidates[suppress(candidates.boxes, candidates.scores, max_iou=max_iou, groups=groups)]
