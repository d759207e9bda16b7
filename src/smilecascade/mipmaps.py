"""A photo at halving sizes, from which pyramid images and crops are picked cheaply.

Resampling the photo for every scale of the pyramid, or every window from the full photo, costs
more than the networks do. Here each size is made once, by halving the one before (a box
filter), and whatever is wanted picks its pixels from the copy whose resolution fits, without
interpolation: a batch of crops is a single ``numpy.take``, and a pyramid image, picked at twice
its size, the mean of four picks. Training cuts in the same way, so that the nets know how it
looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade.geometry.boxes import FloatArray, IntArray, sides

Pixels = NDArray[np.uint8]

#: Pixels are picked from the copy that has 0.75 to 1.5 times as many as are wanted: with fewer
#: there would be detail lost, with more the picked ones would alias.
LEAST_SPAN = 0.75

#: Photos up to this many pixels are also doubled, for windows smaller than their crops.
DOUBLED_PIXELS = 4_000_000

#: A copy as it is picked from: a pixel's bytes are red, green, blue and one that means nothing.
#: One number a pixel is picked several times as fast as three.
_Packed = NDArray[np.uint32]


class Mipmaps:
    """A photo, RGB uint8 (H, W, 3) with H, W ≥ 1, and its halved copies, made when first wanted.

    Not shared between threads: each detection makes its own.
    """

    def __init__(self, image: Pixels) -> None:
        self.height, self.width = image.shape[:2]
        self._deepest = int(np.log2(min(self.height, self.width)))
        self._images = {0: Image.fromarray(np.ascontiguousarray(image))}
        self._packed: dict[int, _Packed] = {}

    def resized(self, width: int, height: int, *, border: int = 0) -> Pixels:
        """The whole photo at this size, (height + 2·border, width + 2·border, 3) uint8.

        The border repeats the photo's edge pixels, as crops beyond it do.
        """
        return _rgb(self._shrunk(width, height, border))

    def pyramid(self, sizes: Sequence[tuple[int, int]], *, border: int, cell: int) -> list[Sheet]:
        """Images of the whole photo with these (width, height), descending, on one or two sheets.

        Each is as ``resized`` gives it. Tiles start at multiples of ``cell``.
        """
        made = [self._shrunk(width, height, border) for width, height in sizes]
        ratios = np.array([(self.width / width, self.height / height) for width, height in sizes])
        # Of sizes √2 apart a sheet of every other one is filled best: the halvings of an image fit
        # beside it, one under the other.
        parts = [np.arange(first, len(sizes), 2, dtype=np.int32) for first in (0, 1)]
        return [
            Sheet.of([made[scale] for scale in scales], scales, ratios[scales], border=border, cell=cell)
            for scales in parts
            if len(scales)
        ]

    def crops(self, squares: FloatArray, size: int) -> Pixels:
        """The pixels under (N, 4) squares, xyxy in the photo, as (N, size, size, 3) uint8.

        Beyond the photo its edge pixels are repeated. N = 0 gives no crops.
        """
        cut = np.empty((len(squares), size, size), np.uint32)
        levels = self._levels_of(sides(squares) / np.float32(size))
        for level in np.unique(levels):
            rows = levels == level
            cut[rows] = self._pick(int(level), squares[rows], size)
        return _rgb(cut)

    def _shrunk(self, width: int, height: int, border: int) -> _Packed:
        """The photo at this size, each pixel the mean of 2 × 2 picked ones: less coarse than one."""
        level = int(self._levels_of(np.array([self.width / (2 * width)], np.float32))[0])
        copy = self._copy(level)
        rows = _nearest(2 * height, 2 * border, self.height * 2.0**-level, copy.shape[0])
        columns = _nearest(2 * width, 2 * border, self.width * 2.0**-level, copy.shape[1])
        picked = copy.take(rows, axis=0).take(columns, axis=1)
        half = _mean(picked[0::2], picked[1::2], up=True)
        return _mean(half[:, 0::2], half[:, 1::2], up=False)

    def _levels_of(self, shrinkage: FloatArray) -> NDArray[np.intp]:
        exact = np.floor(np.log2(np.maximum(shrinkage, 1e-6) / LEAST_SPAN)).astype(np.intp)
        lowest = -1 if self.width * self.height <= DOUBLED_PIXELS else 0
        levels: NDArray[np.intp] = np.clip(exact, lowest, self._deepest)
        return levels

    def _pick(self, level: int, squares: FloatArray, size: int) -> _Packed:
        copy = self._copy(level)
        height, width = copy.shape
        middles = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
        near = squares * np.float32(2.0**-level)
        side = sides(near)[:, None]
        columns = np.clip(near[:, :1] + side * middles, 0, width - 1).astype(np.int32)
        rows = np.clip(near[:, 1:2] + side * middles, 0, height - 1).astype(np.int32)
        places = rows[:, :, None] * np.int32(width) + columns[:, None, :]
        picked: _Packed = copy.ravel().take(places)
        return picked

    def _copy(self, level: int) -> _Packed:
        if level not in self._packed:
            image = self._image(level)
            packed = np.frombuffer(image.tobytes("raw", "RGBX"), np.uint32)
            self._packed[level] = packed.reshape(image.height, image.width)
        return self._packed[level]

    def _image(self, level: int) -> Image.Image:
        if level not in self._images:
            self._images[level] = self._made(level)
        return self._images[level]

    def _made(self, level: int) -> Image.Image:
        if level > 0:
            return self._image(level - 1).reduce(2)
        return self._image(0).resize((2 * self.width, 2 * self.height), Image.Resampling.BILINEAR)


def _nearest(count: int, border: int, extent: float, limit: int) -> NDArray[np.intp]:
    """Which of a copy's rows ``count`` evenly spaced ones and their borders are: (count + 2·border,).

    extent: rows of the copy that the photo covers; halving rounds an odd number up, so that the
    last may stand for less than a row.
    """
    at = (np.arange(-border, count + border) + 0.5) * (extent / count)
    nearest: NDArray[np.intp] = np.clip(at, 0, limit - 1).astype(np.intp)
    return nearest


def _mean(first: _Packed, second: _Packed, *, up: bool) -> _Packed:
    """The mean of two pixels, all four bytes at once; halves are rounded up or down.

    A byte's mean is the bits that both share, or that either has, less or plus half of those in
    which they differ; the mask keeps a halved bit from falling into the byte below.
    """
    differing = ((first ^ second) & np.uint32(0xFEFEFEFE)) >> np.uint32(1)
    mean: _Packed = (first | second) - differing if up else (first & second) + differing
    return mean


def _rgb(packed: _Packed) -> Pixels:
    """The pixels' colours as bytes, (…, 3) uint8."""
    colours = packed.view(np.uint8).reshape(*packed.shape, 4)[..., :3]
    return np.ascontiguousarray(colours)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Several images side by side, so that a net slides over all of them in one run.

    pixels: (H, W, 3) uint8, black between the tiles. border: pixels around each image on its
    tile. Of each of T tiles: scales (T,) int32, its number in the pyramid; tops, lefts, heights,
    widths (T,), its place on the sheet; ratios (T, 2), photo pixels per image pixel along x, y.
    """

    pixels: Pixels
    border: int
    scales: IntArray
    tops: NDArray[np.intp]
    lefts: NDArray[np.intp]
    heights: NDArray[np.intp]
    widths: NDArray[np.intp]
    ratios: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        made: Sequence[_Packed],
        scales: IntArray,
        ratios: NDArray[np.float64],
        *,
        border: int,
        cell: int,
    ) -> Sheet:
        """Lay the first image on the left, the others in a column on its right; borders are theirs."""
        heights, widths = np.array([image.shape for image in made]).T
        lefts = np.where(np.arange(len(made)) == 0, 0, _whole(widths[0], cell))
        tops = np.concatenate([[0, 0], np.cumsum(_whole(heights[1:], cell))])[: len(made)]
        size = _whole((tops + heights).max(), cell), _whole((lefts + widths).max(), cell)
        packed = np.zeros(size, np.uint32)
        for image, top, left in zip(made, tops, lefts, strict=True):
            packed[top : top + image.shape[0], left : left + image.shape[1]] = image
        return cls(
            pixels=_rgb(packed),
            border=border,
            scales=scales,
            tops=tops,
            lefts=lefts,
            heights=heights,
            widths=widths,
            ratios=ratios,
        )

    def tile_of_windows(self, window: int, stride: int) -> tuple[NDArray[np.int8], int]:
        """The tile that each window lies on, −1 across tiles: (h, w) of the map; and how many lie on one."""
        shape = [max(0, (extent - window) // stride + 1) for extent in self.pixels.shape[:2]]
        tiles = np.full(shape, -1, np.int8)
        entered = 0
        for tile, (top, left) in enumerate(zip(self.tops // stride, self.lefts // stride, strict=True)):
            rows = max(0, (self.heights[tile] - window) // stride + 1)
            columns = max(0, (self.widths[tile] - window) // stride + 1)
            tiles[top : top + rows, left : left + columns] = tile
            entered += int(rows * columns)
        return tiles, entered


def _whole(extent: NDArray[np.intp], cell: int) -> NDArray[np.intp]:
    """The extent rounded up to whole cells."""
    cells: NDArray[np.intp] = -(-extent // cell) * cell
    return cells
