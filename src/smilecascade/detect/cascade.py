"""The whole path of a photo through the cascade, on one screen."""

from __future__ import annotations

import time
from dataclasses import replace

from smilecascade.bundle import Bundle
from smilecascade.detect.align import Aligner
from smilecascade.detect.level import Level, Stage, Watcher, filtered
from smilecascade.detect.light import lit
from smilecascade.geometry.boxes import faces_of_squares
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Candidates, Face
from smilecascade.specs import CascadeSpec

__all__ = ["Detector", "Stage"]


class Detector:
    """The levels of a bundle, ready to look at photos; may be shared by threads."""

    def __init__(self, bundle: Bundle, threads: int | None = None) -> None:
        self.spec: CascadeSpec = bundle.spec
        align = bundle.align(threads)
        self.aligner = align and Aligner(
            align=align, window=bundle.spec.align_window, batch=bundle.spec.align_batch
        )
        self.levels = tuple(
            Level(number=number, spec=spec, judge=judge)
            for number, (spec, judge) in enumerate(
                zip(bundle.spec.levels, bundle.judges(threads), strict=True), start=1
            )
        )

    def windows(
        self, image: Pixels, *, min_face: float, min_score: float | None = None, watch: Watcher | None = None
    ) -> Candidates:
        """The squares that all levels agree on, best first, filtered over everything and aligned.

        image: RGB uint8 (H, W, 3). min_face: side of the smallest square, pixels. min_score
        replaces the last level's threshold. ``watch`` is told of each stage.
        """
        if image.size == 0:
            return Candidates.empty()
        photo = Mipmaps(lit(image))
        found = self.survivors(photo, min_face=min_face, min_score=min_score, watch=watch)
        return self._aligned(photo, self.over_everything(found, watch), watch)

    def survivors(
        self, photo: Mipmaps, *, min_face: float, min_score: float | None = None, watch: Watcher | None = None
    ) -> Candidates:
        """The windows that the last level lets through, before the filter over everything."""
        first, *later = self.levels_at(min_score)
        found = first.scan(photo, self.spec, min_face, watch)
        for level in later:
            found = level.examine(photo, found, watch)
        return found

    def faces(
        self, image: Pixels, *, min_face: float, min_score: float | None = None, watch: Watcher | None = None
    ) -> list[Face]:
        """The faces in a photo as boxes of the usual shape, best first."""
        found = self.windows(image, min_face=min_face, min_score=min_score, watch=watch)
        return self.reported(found)

    def reported(self, found: Candidates) -> list[Face]:
        """Windows that are through with everything, in their order, as faces of the usual shape."""
        boxes = faces_of_squares(found.boxes, width=self.spec.face_width, height=self.spec.face_height)
        points = [None] * len(found) if found.points is None else found.points.tolist()
        return [
            Face(box=tuple(box), score=score, points=named and tuple(map(tuple, named)))
            for box, score, named in zip(boxes.tolist(), found.scores.tolist(), points, strict=True)
        ]

    def levels_at(self, min_score: float | None) -> tuple[Level, ...]:
        """The levels, the last one with this threshold."""
        if min_score is None:
            return self.levels
        *before, last = self.levels
        return (*before, replace(last, spec=replace(last.spec, min_score=min_score)))

    def over_everything(self, found: Candidates, watch: Watcher | None = None) -> Candidates:
        """Of windows of any scale that overlap too much the best stays. Best first."""
        started = time.perf_counter()
        kept = filtered(found, self.spec.max_iou, across_scales=True)
        if watch:
            elapsed_s = time.perf_counter() - started
            watch(Stage(level=0, step="reported", entered=len(found), candidates=kept, elapsed_s=elapsed_s))
        return kept

    def _aligned(self, photo: Mipmaps, found: Candidates, watch: Watcher | None) -> Candidates:
        if self.aligner is None:
            return found
        started = time.perf_counter()
        aligned = self.aligner.aligned(photo, found)
        if watch:
            elapsed_s = time.perf_counter() - started
            watch(Stage(level=0, step="aligned", entered=len(found), candidates=aligned, elapsed_s=elapsed_s))
        return aligned
