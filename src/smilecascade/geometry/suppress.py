"""Greedy non-maximum suppression: of windows that overlap too much, the best stays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from smilecascade.geometry.boxes import FloatArray, IntArray, centres, iou, iou_of_pairs

Indices = NDArray[np.intp]

#: Up to so many windows are compared one by one, since arrays have their price; up to ``FEW`` all
#: with all; of more, only those that lie near each other.
HANDFUL = 12
FEW = 128

#: Pairs of windows compared at once: bounds the memory, whatever N is.
PAIRS = 1 << 20


def suppress(
    boxes: FloatArray, scores: FloatArray, *, max_iou: float, groups: IntArray | None = None
) -> Indices:
    """Indices of the windows that stay, best first; ties stay in their order.

    boxes (N, 4), scores (N,). The best window stays, those that overlap it by an IoU above
    ``max_iou`` go, the best of the rest stays, and so on. With ``groups`` (N,) only windows
    of the same group compete. N = 0 gives an empty array. The time grows with the number of
    overlapping pairs, not with N², as long as windows that compete are of similar size.
    """
    order = np.argsort(-scores, kind="stable")
    group = np.zeros(len(order), np.int32) if groups is None else groups[order]
    if len(order) <= HANDFUL:
        return order[_survivors_of_a_handful(boxes[order], group, max_iou)]
    rivals = _rivals_of_few if len(order) <= FEW else _rivals_of_many
    return order[_survivors(len(order), *rivals(boxes[order], group, max_iou))]


def _survivors_of_a_handful(ranked: FloatArray, group: IntArray, max_iou: float) -> list[int]:
    """Ranks that stay, found as one would by hand."""
    windows, names = ranked.tolist(), group.tolist()
    kept: list[int] = []
    for rank, window in enumerate(windows):
        rivals = (windows[other] for other in kept if names[other] == names[rank])
        if not any(_overlap(window, rival) > max_iou for rival in rivals):
            kept.append(rank)
    return kept


def _overlap(first: list[float], second: list[float]) -> float:
    """Intersection over union of two boxes, 0 for an empty union; as ``boxes.iou``."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (_area(first) + _area(second) - shared)


def _area(box: list[float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _survivors(count: int, better: Indices, worse: Indices) -> list[int]:
    """Ranks that stay when each that stays strikes out its rivals; pairs are sorted by the better one."""
    starts = np.searchsorted(better, np.arange(count + 1)).tolist()
    struck, rivals = bytearray(count), worse.tolist()
    for rank in range(count):
        if not struck[rank]:
            for rival in rivals[starts[rank] : starts[rank + 1]]:
                struck[rival] = 1
    return [rank for rank in range(count) if not struck[rank]]


def _rivals_of_few(ranked: FloatArray, group: IntArray, max_iou: float) -> tuple[Indices, Indices]:
    """Ranks (better, worse) of the pairs that overlap too much."""
    rivals = (iou(ranked, ranked) > max_iou) & (group[:, None] == group[None, :])
    better, worse = np.nonzero(np.triu(rivals, 1))
    return better, worse


def _rivals_of_many(ranked: FloatArray, group: IntArray, max_iou: float) -> tuple[Indices, Indices]:
    """The same pairs, found among those whose cells of a grid touch."""
    found = [np.zeros((2, 0), np.intp)]
    for first, second in _near(*_cells(ranked, group)):
        near = iou_of_pairs(ranked[first], ranked[second]) > max_iou
        found.append(np.sort([first[near], second[near]], axis=0))
    better, worse = np.concatenate(found, axis=1)
    order = np.argsort(better, kind="stable")
    return better[order], worse[order]


def _cells(boxes: FloatArray, group: IntArray) -> tuple[NDArray[np.int64], int]:
    """The number of the cell in which each centre lies, and how many cells a row has.

    Cells are as large as the largest window of their group, so that windows which overlap lie
    in cells that touch; a column and a row stay empty, so that cells of other rows and other
    groups do not.
    """
    names, index = np.unique(group, return_inverse=True)
    largest = np.ones(len(names))
    np.maximum.at(largest, index, (boxes[:, 2:] - boxes[:, :2]).max(axis=1))
    middle = centres(boxes).astype(np.float64)
    place = np.floor((middle - middle.min(axis=0)) / largest[index][:, None]).astype(np.int64)
    columns, rows = (place.max(axis=0) + 2).tolist()
    return (index * rows + place[:, 1]) * columns + place[:, 0], columns


def _near(cells: NDArray[np.int64], columns: int) -> Iterator[tuple[Indices, Indices]]:
    """Every pair of windows in one cell or in cells that touch, once, in blocks of ``PAIRS`` or so."""
    by_cell = np.argsort(cells, kind="stable")
    cell = cells[by_cell]
    for low, high in ((0, 1), (columns - 1, columns + 1)):  # this cell and the next; three of the next row
        start = np.maximum(np.searchsorted(cell, cell + low), np.arange(1, len(cell) + 1))
        count = np.maximum(np.searchsorted(cell, cell + high, side="right") - start, 0)
        before = np.cumsum(count) - count
        edges = np.searchsorted(before, np.arange(0, count.sum() + PAIRS, PAIRS))
        for rows in map(slice, edges[:-1], edges[1:]):
            first = np.repeat(np.arange(len(cell))[rows], count[rows])
            second = np.arange(len(first)) + np.repeat(
                start[rows] - before[rows] + before[rows][:1], count[rows]
            )
            yield by_cell[first], by_cell[second]
