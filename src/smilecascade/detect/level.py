"""One level of the cascade: classify the windows, keep, calibrate, filter those that overlap."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from smilecascade.bundle import Judge, Verdicts
from smilecascade.detect.lots import arranged, crops, joined
from smilecascade.detect.pyramid import Pyramid
from smilecascade.geometry.boxes import IntArray
from smilecascade.geometry.calibration import calibrated
from smilecascade.geometry.suppress import suppress
from smilecascade.mipmaps import Mipmaps
from smilecascade.records import Candidates
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
        windows, said, entered = self.slide(photo, cascade, min_face)
        return self._settled(windows, said, entered, started, watch)

    def examine(self, photo: Mipmaps, windows: Candidates, watch: Watcher | None) -> Candidates:
        """A later level: look at the windows that the level before let through, and keep some."""
        started = time.perf_counter()
        said = self._verdicts((photo,), windows)
        return self._settled(windows[said.places], said, len(windows), started, watch)

    def examine_lot(self, photos: Sequence[Mipmaps], lot: Candidates) -> Candidates:
        """``examine`` of several photos together; the windows come and go photo by photo."""
        said = self._verdicts(photos, lot)
        return self._settled_lot(lot[said.places], said)

    def judge_pyramids(self, pyramids: Sequence[Pyramid]) -> list[Verdicts]:
        """What the net says of the pyramid of each photo; of each alone, since they differ in size."""
        return [self.judge(pyramid.pixels, self.spec.min_score) for pyramid in pyramids]

    def scan_lot(self, pyramids: Sequence[Pyramid], said: Sequence[Verdicts]) -> Candidates:
        """The rest of ``scan`` of several photos together; the windows come photo by photo."""
        seen = [pyramid.windows(verdicts) for pyramid, verdicts in zip(pyramids, said, strict=True)]
        kept = Verdicts.concatenate([verdicts for _, verdicts, _ in seen])
        return self._settled_lot(joined([windows for windows, _, _ in seen]), kept)

    def _settled_lot(self, lot: Candidates, said: Verdicts) -> Candidates:
        return arranged(self._settled(lot, said, len(lot), 0, None))

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

    def slide(
        self, photo: Mipmaps, cascade: CascadeSpec, min_face: float
    ) -> tuple[Candidates, Verdicts, int]:
        """The windows of all scales that look like a face, what is said of them, and how many were seen."""
        pyramid = Pyramid.of(photo, self.spec, cascade, min_face)
        if pyramid is None:
            return Candidates.empty(), Verdicts.none(), 0
        return pyramid.windows(self.judge(pyramid.pixels, self.spec.min_score))

    def _verdicts(self, photos: Sequence[Mipmaps], windows: Candidates) -> Verdicts:
        """What the net says of the windows that it keeps; places are rows of ``windows``."""
        parts = []
        for start in range(0, len(windows), self.spec.batch):
            cut = crops(photos, windows[start : start + self.spec.batch], self.spec.window)
            said = self.judge(cut, self.spec.min_score)
            parts.append(replace(said, places=said.places + start))
        return Verdicts.concatenate(parts)


def filtered(candidates: Candidates, max_iou: float, *, across_scales: bool = False) -> Candidates:
    """Of windows that overlap too much the best stays; within each scale, or across all. Best first.

    Windows of several photos compete within their photo.
    """
    groups = None if across_scales else candidates.scales
    if candidates.photos is not None and len(candidates):
        groups = candidates.photos if groups is None else _pairs_numbered(candidates.photos, groups)
    return candidates[suppress(candidates.boxes, candidates.scores, max_iou=max_iou, groups=groups)]


def _pairs_numbered(first: IntArray, second: IntArray) -> IntArray:
    """One number for each pair of two (N,) arrays, N ≥ 1, none of them negative."""
    numbers: IntArray = first * (second.max() + 1) + second
    return numbers
