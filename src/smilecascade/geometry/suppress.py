"""Greedy non-maximum suppression: of windows that overlap too much, the best stays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smilecascade.geometry.boxes import FloatArray, IntArray, iou

#: Windows compared with each other at once: bounds the memory, whatever N is.
BLOCK = 1024


def suppress(
    boxes: FloatArray, scores: FloatArray, *, max_iou: float, groups: IntArray | None = None
) -> NDArray[np.intp]:
    """Indices of the windows that stay, best first; ties stay in their order.

    boxes (N, 4), scores (N,). The best window stays, those that overlap it by an IoU above
    ``max_iou`` go, the best of the rest stays, and so on. With ``groups`` (N,) only windows
    of the same group compete. N = 0 gives an empty array.
    """
    order = np.argsort(-scores, kind="stable")
    group = np.zeros(len(boxes), np.int32) if groups is None else groups
    kept = np.zeros(0, np.intp)
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        if len(kept):
            block = block[~_rivals(boxes, group, block, kept, max_iou).any(axis=1)]
        kept = np.concatenate([kept, block[_greedy(_rivals(boxes, group, block, block, max_iou))]])
    return kept


def _rivals(
    boxes: FloatArray,
    group: IntArray,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    max_iou: float,
) -> NDArray[np.bool_]:
    overlap = iou(boxes[first], boxes[second]) > max_iou
    rivals: NDArray[np.bool_] = overlap & (group[first][:, None] == group[second][None, :])
    return rivals


def _greedy(rivals: NDArray[np.bool_]) -> list[int]:
    """Rows that stay when each kept row strikes out its rivals; rows are sorted best first.

    A row of rivals is held as one integer, a bit a window: striking out is then one
    operation instead of a pass over an array, which counts with some hundred windows.
    """
    rows = np.packbits(rivals, axis=1, bitorder="little")
    struck, kept = 0, []
    for index, row in enumerate(rows):
        if not struck >> index & 1:
            kept.append(index)
            struck |= int.from_bytes(row.tobytes(), "little")
    return kept
