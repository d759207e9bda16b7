"""A photo at halving sizes, from which pyramid images and crops are taken cheaply.

Shrinking a whole photo for every pyramid scale, or resampling every window from the full
photo, costs more than the networks do. Here each size is made once, by halving the one
before (a box filter), and whatever is wanted is taken from the nearest one: pyramid images
by an antialiased resize of at most a half, crops by picking pixels.

Pixels are held as RGBX, four bytes each, as Pillow keeps them: a pixel is then one 32-bit
word, and all crops of a batch are cut by a single ``numpy.take``.
"""

from __future__ import annotations

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
        self._images = {0: Image.fromarray(np.ascontiguousarray(image))}
        self._words: dict[int, NDArray[np.uint32]] = {}

    def resized(self, width: int, height: int, *, border: int = 0) -> Pixels:
        """The whole photo at this size as RGBX, (height + 2·border, width + 2·border, 4) uint8.

        The border repeats the edge pixels, as crops beyond the photo do.
        """
        level = self._level_above(self.width / width)
        small = self._image(level).resize((width, height), Image.Resampling.BILINEAR)
        inner = np.frombuffer(small.tobytes("raw", "RGBX"), np.uint8).reshape(height, width, 4)
        return _bordered(inner, border)

    def crops(self, squares: FloatArray, size: int) -> Pixels:
        """The pixels under (N, 4) squares, xyxy in the photo, as (N, size, size, 4) RGBX uint8.

        Beyond the photo its edge pixels are repeated. N = 0 gives no crops.
        """
        words = np.empty((len(squares), size, size), np.uint32)
        levels = self._levels_of(sides(squares) / np.float32(size))
        for level in np.unique(levels):
            rows = levels == level
            words[rows] = self._pick(int(level), squares[rows], size)
        return words.view(np.uint8).reshape(len(squares), size, size, 4)

    def _levels_of(self, shrinkage: FloatArray) -> NDArray[np.intp]:
        exact = np.floor(np.log2(np.maximum(shrinkage, 1e-6) / LEAST_SPAN)).astype(np.intp)
        lowest = -1 if self.width * self.height <= DOUBLED_PIXELS else 0
        levels: NDArray[np.intp] = np.clip(exact, lowest, self._deepest)
        return levels

    def _level_above(self, shrinkage: float) -> int:
        """The smallest copy that still has at least as many pixels as are wanted."""
        return int(np.clip(np.floor(np.log2(max(shrinkage, 1e-6)) + 1e-3), 0, self._deepest))

    def _pick(self, level: int, squares: FloatArray, size: int) -> NDArray[np.uint32]:
        words = self._packed(level)
        height, width = words.shape
        middles = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
        near = squares * np.float32(2.0**-level)
        side = sides(near)[:, None]
        columns = np.clip(near[:, :1] + side * middles, 0, width - 1).astype(np.int32)
        rows = np.clip(near[:, 1:2] + side * middles, 0, height - 1).astype(np.int32)
        picked: NDArray[np.uint32] = words.ravel()[rows[:, :, None] * width + columns[:, None, :]]
        return picked

    def _packed(self, level: int) -> NDArray[np.uint32]:
        if level not in self._words:
            image = self._image(level)
            flat = np.frombuffer(image.tobytes("raw", "RGBX"), np.uint32)
            self._words[level] = flat.reshape(image.height, image.width)
        return self._words[level]

    def _image(self, level: int) -> Image.Image:
        if level not in self._images:
            if level < 0:
                doubled = (2 * self.width, 2 * self.height)
                self._images[level] = self._images[0].resize(doubled, Image.Resampling.BILINEAR)
            else:
                self._images[level] = self._image(level - 1).reduce(2)
        return self._images[level]


def _bordered(inner: Pixels, border: int) -> Pixels:
    """``numpy.pad(mode="edge")`` for one picture, at a tenth of its overhead."""
    if border == 0:
        return inner
    height, width = inner.shape[:2]
    outer = np.empty((height + 2 * border, width + 2 * border, 4), np.uint8)
    outer[border:-border, border:-border] = inner
    outer[border:-border, :border] = inner[:, :1]
    outer[border:-border, -border:] = inner[:, -1:]
    outer[:border] = outer[border]
    outer[-border:] = outer[-border - 1]
    return outer
