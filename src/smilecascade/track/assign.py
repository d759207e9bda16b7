"""Which row goes with which column, so that the pairs together weigh most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.floating]
Pairs = list[tuple[int, int]]


def assigned(weights: Weights) -> Pairs:
    """Pairs (row, column) of (N, M) weights ≥ 0 with the greatest sum, by row; a weight of 0 is no pair.

    Each row and each column is in one pair at most; N = 0 or M = 0 gives none. Ties go to the
    earlier column. Source: the Hungarian method in the form with potentials and shortest augmenting
    paths (Kuhn 1955; Jonker, Volgenant 1987); O(N² M).
    """
    rows, columns = (np.flatnonzero((weights > 0).any(axis=axis)) for axis in (1, 0))
    busy = weights[np.ix_(rows, columns)]
    costs = -busy.astype(np.float64)
    if len(rows) <= len(columns):
        pairs = list(enumerate(_columns_of_rows(costs)))
    else:
        pairs = [(row, column) for column, row in enumerate(_columns_of_rows(costs.T))]
    found = ((int(rows[row]), int(columns[column])) for row, column in pairs)
    return sorted((row, column) for row, column in found if weights[row, column] > 0)


def _columns_of_rows(costs: NDArray[np.float64]) -> list[int]:
    """The column of each row, for the least sum of (N, M) costs; N ≤ M."""
    height, width = costs.shape
    # One column more, the last, stands for "where the path begins"; owner -1 is a free column.
    of_rows, of_columns = np.zeros(height), np.zeros(width + 1)
    owner, before = np.full(width + 1, -1), np.zeros(width, np.int64)
    for row in range(height):
        owner[width], column = row, width
        distance, visited = np.full(width, np.inf), np.zeros(width + 1, np.bool_)
        while owner[column] >= 0:
            visited[column] = True
            reduced = costs[owner[column]] - of_rows[owner[column]] - of_columns[:-1]
            shorter = ~visited[:-1] & (reduced < distance)
            distance[shorter], before[shorter] = reduced[shorter], column
            column = int(np.argmin(np.where(visited[:-1], np.inf, distance)))
            step = distance[column]
            of_rows[owner[visited]] += step
            of_columns[visited] -= step
            distance -= step
        while column != width:
            owner[column] = owner[before[column]]
            column = before[column]
    return [int(np.flatnonzero(owner[:-1] == row)[0]) for row in range(height)]
