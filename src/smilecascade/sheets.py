"""Sheets: several images on one picture, so that a net slides over all of them in one run.

A pyramid is a dozen images, most of them small, and each run of a net has its price.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_Ints = NDArray[np.intp]

#: A rectangle on a sheet: top, left, height, width.
_Rectangle = tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """The layout of T tiles, each an image with its border, in the order of the images.

    height, width: of the sheet. border: pixels around each image on its tile. tops, lefts,
    heights, widths (T,): the places of the tiles, borders included.
    """

    height: int
    width: int
    border: int
    tops: _Ints
    lefts: _Ints
    heights: _Ints
    widths: _Ints


@lru_cache(maxsize=16)  # photos of one size, and the frames of a video, share a layout
def laid_out(sizes: tuple[tuple[int, int], ...], *, border: int, cell: int) -> Sheet:
    """A sheet for images of these (width, height), at least one, largest first.

    Tiles start at multiples of ``cell``, and so does the end. Each takes the highest of the free
    rectangles that it fits into, and leaves free what is beside it and what is below.
    """
    extents = [(height + 2 * border, width + 2 * border) for width, height in sizes]
    cells = [(_whole(height, cell), _whole(width, cell)) for height, width in extents]
    # Of a pyramid in steps of √2 the fourth and all after it fit beside the first, in a column, and
    # the second and the third side by side below: little of the sheet stays empty.
    across = max(sum(width for _, width in cells[0:4:3]), sum(width for _, width in cells[1:3]))
    free: list[_Rectangle] = [(0, 0, sum(height for height, _ in cells), across)]
    places = []
    for height, width in cells:
        top, left, high, wide = rectangle = min(f for f in free if f[2] >= height and f[3] >= width)
        free.remove(rectangle)
        free += [
            (top, left + width, height, wide - width),
            (top + height, left, high - height, wide),
        ]
        places.append((top, left))
    tops, lefts = np.array(places).T
    heights, widths = np.array(extents).T
    return Sheet(
        height=_whole(int((tops + heights).max()), cell),
        width=_whole(int((lefts + widths).max()), cell),
        border=border,
        tops=tops,
        lefts=lefts,
        heights=heights,
        widths=widths,
    )


@lru_cache(maxsize=16)
def tile_of_windows(sheet: Sheet, window: int, stride: int) -> tuple[NDArray[np.int8], int]:
    """The tile that each window lies on, −1 across tiles: (h, w) of the net's map, not to be changed.

    Windows of side ``window`` every ``stride`` pixels. The second value: how many lie on a tile.
    """
    shape = [max(0, (extent - window) // stride + 1) for extent in (sheet.height, sheet.width)]
    tiles = np.full(shape, -1, np.int8)
    entered = 0
    for tile, (top, left) in enumerate(zip(sheet.tops // stride, sheet.lefts // stride, strict=True)):
        rows = max(0, (int(sheet.heights[tile]) - window) // stride + 1)
        columns = max(0, (int(sheet.widths[tile]) - window) // stride + 1)
        tiles[top : top + rows, left : left + columns] = tile
        entered += rows * columns
    tiles.flags.writeable = False
    return tiles, entered


def _whole(extent: int, cell: int) -> int:
    """The extent rounded up to whole cells."""
    return -(-extent // cell) * cell
