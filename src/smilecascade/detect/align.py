"""The last look: each face found is moved into place once more, and its points are named."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from smilecascade.bundle import Align
from smilecascade.geometry.boxes import centres, sides
from smilecascade.geometry.calibration import calibrated
from smilecascade.mipmaps import Mipmaps
from smilecascade.records import Candidates

#: Faces looked at together: more costs memory and gains no speed on one core.
BATCH = 64


@dataclass(frozen=True, kw_only=True)
class Aligner:
    """The net that aligns, and the side of its input in pixels.

    A level must tell faces from background in windows that lie anywhere; this one is asked of a
    few faces that are nearly in place, and says more exactly where they are.
    """

    align: Align
    window: int

    def aligned(self, photo: Mipmaps, found: Candidates) -> Candidates:
        """The same faces, moved, with their points; N = 0 stays."""
        moved, points = [found.boxes[:0]], [np.zeros((0, 5, 2), np.float32)]
        for start in range(0, len(found), BATCH):
            boxes = found.boxes[start : start + BATCH]
            displacements, named = self.align(photo.crops(boxes, self.window))
            moved.append(calibrated(boxes, displacements))
            # The net saw the window as it was before it moved.
            points.append(centres(boxes)[:, None] + named * sides(boxes)[:, None, None])
        return replace(found, boxes=np.concatenate(moved), points=np.concatenate(points))
