"""The one transform that each detector gets, since box styles differ.

A box that is a little higher or wider than the label is a matter of style, not a mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smilecascade.geometry.boxes import FloatArray, centres

#: A detection and a label are a pair for the fit from this IoU on: low, since styles differ.
PAIR_IOU = 0.3


@dataclass(frozen=True, kw_only=True)
class BoxFit:
    """How labels lie to a detector's boxes, in units of the detector's own box.

    shift_x, shift_y: from the box's centre to the label's, in its widths and heights.
    scale_x, scale_y: the label's width and height in the box's.
    The defaults change nothing.
    """

    shift_x: float = 0.0
    shift_y: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0

    @classmethod
    def of(cls, boxes: FloatArray, labels: FloatArray) -> BoxFit:
        """The medians over pairs of boxes (N, 4) and their labels (N, 4); no change where N = 0."""
        if not len(boxes):
            return cls()
        size = boxes[:, 2:] - boxes[:, :2]
        shift = np.median((centres(labels) - centres(boxes)) / size, axis=0)
        scale = np.median((labels[:, 2:] - labels[:, :2]) / size, axis=0)
        return cls(
            shift_x=float(shift[0]),
            shift_y=float(shift[1]),
            scale_x=float(scale[0]),
            scale_y=float(scale[1]),
        )

    def apply(self, boxes: FloatArray) -> FloatArray:
        """Boxes (N, 4) moved and stretched to the style of the labels."""
        size = boxes[:, 2:] - boxes[:, :2]
        middle = centres(boxes) + size * np.array([self.shift_x, self.shift_y], np.float32)
        half = size * np.array([self.scale_x, self.scale_y], np.float32) / 2
        return np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)


def halves(names: Sequence[str]) -> tuple[list[int], list[int]]:
    """Indices of the first and of the second half of the names, sorted; the second has the odd one."""
    order = sorted(range(len(names)), key=names.__getitem__)
    return order[: len(order) // 2], order[len(order) // 2 :]
