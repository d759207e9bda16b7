"""The last look: each face found is moved into place once more, and its points are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from smilecascade.bundle import Align
from smilecascade.detect.lots import crops
from smilecascade.geometry.boxes import centres, sides
from smilecascade.geometry.calibration import calibrated
from smilecascade.mipmaps import Mipmaps
from smilecascade.records import Candidates


@dataclass(frozen=True, kw_only=True)
class Aligner:
    """The net that aligns, the side of its input in pixels, and how many faces it is asked of at once.

    A level must tell faces from background in windows that lie anywhere; this one is asked of a
    few faces that are nearly in place, and says more exactly where they are.
    """

    align: Align
    window: int
    batch: int

    def aligned(self, photo: Mipmaps, found: Candidates) -> Candidates:
        """The same faces, moved, with their points; N = 0 stays."""
        return self.aligned_lot((photo,), found)

    def aligned_lot(self, photos: Sequence[Mipmaps], found: Candidates) -> Candidates:
        """``aligned`` of several photos together, whose faces come photo by photo."""
        moved, points = [found.boxes[:0]], [np.zeros((0, 5, 2), np.float32)]
        for start in range(0, len(found), self.batch):
            faces = found[start : start + self.batch]
            displacements, named = self.align(crops(photos, faces, self.window))
            boxes = faces.boxes
            moved.append(calibrated(boxes, displacements))
            # The net saw the window as it was before it moved.
            points.append(centres(boxes)[:, None] + named * sides(boxes)[:, None, None])
        return replace(found, boxes=np.concatenate(moved), points=np.concatenate(points))
