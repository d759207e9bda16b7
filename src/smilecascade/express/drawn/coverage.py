"""How much of each pixel a polygon covers: exactly, with no drawing of anything larger first.

Every edge is cut where it crosses from pixel to pixel. What lies right of a piece of it counts by the
piece's height, signed by its direction; summed up along each row this is the area within the outline
(the way in which FreeType and font-rs fill glyphs).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Coverage:
    """The covered share of each pixel about a polygon, 0..1.

    shares: (rows, columns) float32. left, top: the column and the row of the picture where they begin.
    """

    shares: NDArray[np.float32]
    left: int
    top: int


def coverages(outlines: Sequence[Floats]) -> Iterator[Coverage]:
    """What each polygon covers, in order.

    outlines: corners x, y in pixels, (N, 2) each, N ≥ 3, of either direction. Where a polygon overlaps
    itself, it is covered all the same (the non-zero rule).
    """
    if outlines:
        starts, ends, first = _pieces(outlines)
        for begin, end in pairwise(first.tolist()):
            yield _coverage(starts[begin:end], ends[begin:end])


def _coverage(starts: Floats, ends: Floats) -> Coverage:
    left, top = np.floor(starts.min(axis=0)).astype(int).tolist()
    right, bottom = np.floor(starts.max(axis=0)).astype(int).tolist()
    columns, rows = right - left + 2, bottom - top + 1
    x, y = ((starts + ends) / 2 - (left, top)).T
    column, height = x.astype(int), ends[:, 1] - starts[:, 1]
    cell, beside = y.astype(int) * columns + column, height * (x - column)
    areas = np.bincount(cell, height - beside, rows * columns) + np.bincount(cell + 1, beside, rows * columns)
    filled = np.abs(areas.reshape(rows, columns)[:, :-1].cumsum(axis=1, dtype=np.float32))
    return Coverage(np.minimum(filled, 1, out=filled), left, top)


def _pieces(outlines: Sequence[Floats]) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """The edges of polygons, cut at every whole x and y.

    Starts and ends, (P, 2) each, and where the pieces of each polygon begin; the last one: P.
    """
    start = np.concatenate(outlines)
    step = np.concatenate([np.roll(outline, -1, axis=0) for outline in outlines]) - start
    every = np.arange(len(start))
    cuts = [(every, np.zeros(len(start))), (every, np.ones(len(start)))]
    cuts += [_crossings(start[:, axis], step[:, axis]) for axis in (0, 1)]
    edge, place = (np.concatenate(column) for column in zip(*cuts, strict=True))
    order = np.argsort(2 * edge + place)
    edge, place = edge[order], place[order]
    points = start[edge] + step[edge] * place[:, None]
    same = edge[1:] == edge[:-1]
    first = np.cumsum([0, *map(len, outlines)])
    return points[:-1][same], points[1:][same], np.searchsorted(edge[1:][same], first)


def _crossings(start: Floats, step: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Where edges cross whole numbers along one axis: which edge, and at 0..1 of its length."""
    low, high = np.minimum(start, start + step), np.maximum(start, start + step)
    first = np.floor(low) + 1
    counts = np.maximum(np.ceil(high) - first, 0).astype(int)
    edge = np.repeat(np.arange(len(start)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    crossed = first[edge] + np.arange(len(edge)) - before
    return edge, (crossed - start[edge]) / step[edge]
