"""A photo at halving sizes, from which pyramid images and crops are taken cheaply.

Shrinking a whole photo for every pyramid scale, or resampling every window from the full
photo, costs more than the networks do. Here each size is made once, by halving the one
before (a box filter), and whatever is wanted is taken from the nearest one: pyramid images
by an antialiased resize of at most a half, crops by picking pixels, all crops of a batch by
a single ``numpy.take``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade.geometry.boxes import FloatArray, sides

Pixels = NDArray[np.uint8]

#: A crop is cut where its window spans 0.75 to 1.5 times as many pixels as the crop has:
#: with fewer there would be detail lost, with more the picked pixels would alias.
LEAST_SPAN = 0.75

#: Photos up to this many pixels are also doubled, for windows smaller than their crops.
DOUBLED_PIXELS = 4_000_000


class Mipmaps:
    """A photo, RGB uint8 (H, W, 3) with H, W ≥ 1, and its halved copies, made when first wanted.

    Not shared between threads: each detection makes its own.
    """

    def __init__(self, image: Pixels) -> None:
        self.height, self.width = image.shape[:2]
        self._deepest = int(np.log2(min(self.height, self.width)))
        self._pixels = {0: np.ascontiguousarray(image)}
        self._images: dict[int, Image.Image] = {}

    def resized(self, width: int, height: int, *, border: int = 0) -> Pixels:
        """The whole photo at this size, (height + 2·border, width + 2·border, 3) uint8.

        The border repeats the edge pixels, as crops beyond the photo do.
        """
        return _bordered(np.asarray(self._resized(width, height)), border)

    def pyramid(
        self, sizes: Sequence[tuple[int, int]], count: int, *, border: int
    ) -> Iterator[tuple[Pixels, tuple[float, float]]]:
        """``count`` images of the whole photo, each with photo pixels per image pixel along x and y.

        The first octave has these (width, height), at least one if ``count`` is not 0; every
        later image is half of the one an octave before, which costs a fraction of resizing.
        The border is as in ``resized``.
        """
        made: list[tuple[Image.Image, tuple[float, float]]] = []
        for index in range(count):
            if index < len(sizes):
                width, height = sizes[index]
                image = self._resized(width, height)
                ratio = (self.width / width, self.height / height)
            else:
                before, (x, y) = made[index - len(sizes)]
                image, ratio = before.reduce(2), (2 * x, 2 * y)
            made.append((image, ratio))
            yield _bordered(np.asarray(image), border), ratio

    def crops(self, squares: FloatArray, size: int) -> Pixels:
        """The pixels under (N, 4) squares, xyxy in the photo, as (N, size, size, 3) uint8.

        Beyond the photo its edge pixels are repeated. N = 0 gives no crops.
        """
        cut = np.empty((len(squares), size, size, 3), np.uint8)
        levels = self._levels_of(sides(squares) / np.float32(size))
        for level in np.unique(levels):
            rows = levels == level
            cut[rows] = self._pick(int(level), squares[rows], size)
        return cut

    def _resized(self, width: int, height: int) -> Image.Image:
        level = self._level_above(self.width / width)
        # Halving rounds an odd size up: the last column and row may stand for less than they cover.
        whole = (0, 0, self.width / 2**level, self.height / 2**level)
        return self._image(level).resize((width, height), Image.Resampling.BILINEAR, box=whole)

    def _levels_of(self, shrinkage: FloatArray) -> NDArray[np.intp]:
        exact = np.floor(np.log2(np.maximum(shrinkage, 1e-6) / LEAST_SPAN)).astype(np.intp)
        lowest = -1 if self.width * self.height <= DOUBLED_PIXELS else 0
        levels: NDArray[np.intp] = np.clip(exact, lowest, self._deepest)
        return levels

    def _level_above(self, shrinkage: float) -> int:
        """The smallest copy that still has at least as many pixels as are wanted."""
        return int(np.clip(np.floor(np.log2(max(shrinkage, 1e-6)) + 1e-3), 0, self._deepest))

    def _pick(self, level: int, squares: FloatArray, size: int) -> Pixels:
        pixels = self._array(level)
        height, width = pixels.shape[:2]
        middles = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
        near = squares * np.float32(2.0**-level)
        side = sides(near)[:, None]
        columns = np.clip(near[:, :1] + side * middles, 0, width - 1).astype(np.int32)
        rows = np.clip(near[:, 1:2] + side * middles, 0, height - 1).astype(np.int32)
        places = rows[:, :, None] * np.int32(width) + columns[:, None, :]
        picked: Pixels = np.take(pixels.reshape(-1, 3), places, axis=0)
        return picked

    def _array(self, level: int) -> Pixels:
        if level not in self._pixels:
            self._pixels[level] = np.asarray(self._image(level))
        return self._pixels[level]

    def _image(self, level: int) -> Image.Image:
        if level not in self._images:
            self._images[level] = self._made(level)
        return self._images[level]

    def _made(self, level: int) -> Image.Image:
        if level == 0:
            return Image.fromarray(self._pixels[0])
        if level > 0:
            return self._image(level - 1).reduce(2)
        return self._image(0).resize((2 * self.width, 2 * self.height), Image.Resampling.BILINEAR)


def _bordered(inner: Pixels, border: int) -> Pixels:
    """``numpy.pad(mode="edge")`` for one picture, at a tenth of its overhead."""
    if border == 0:
        return inner
    height, width = inner.shape[:2]
    outer = np.empty((height + 2 * border, width + 2 * border, 3), np.uint8)
    outer[border:-border, border:-border] = inner
    outer[border:-border, :border] = inner[:, :1]
    outer[border:-border, -border:] = inner[:, -1:]
    outer[:border] = outer[border]
    outer[-border:] = outer[-border - 1]
    return outer
