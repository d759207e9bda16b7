"""A photo at halving sizes, from which pyramid images and crops are picked cheaply.

Resampling the photo for every scale of the pyramid, or every window from the full photo, costs
more than the networks do. Here each size is made once, by halving the one before (a box
filter), and whatever is wanted picks its pixels from the copy whose resolution fits, without
interpolation: a batch of crops is a ``numpy.take``, and a pyramid image, picked at twice its
size, the mean of four picks. Training cuts in the same way, so that the nets know how it looks.
"""

from __future__ import annotations

from functools import lru_cache
from math import floor, log2
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade.geometry.boxes import FloatArray, sides
from smilecascade.sheets import Sheet

Pixels = NDArray[np.uint8]

#: Pixels are picked from the copy that has 0.75 to 1.5 times as many as are wanted: with fewer
#: there would be detail lost, with more the picked ones would alias.
LEAST_SPAN = 0.75

#: What is seen beyond the photo: grey. A net takes it for something flat before the face, which it has
#: learned to look past; edge pixels drawn out into stripes cost it faces that the border cuts (lab notes).
BEYOND = 128

#: A pixel as one number, which is picked several times as fast as three bytes. As bytes they are
#: red, green, blue and one that means nothing: RGBX.
_Packed = NDArray[np.uint32]

_GREY = np.uint32(0x01010101 * BEYOND)

_Ints = NDArray[np.signedinteger]

#: A byte, or four of them.
_Number = TypeVar("_Number", np.uint8, np.uint32)

#: Bytes worked on at once: more leave the cache, and the system is asked for their memory each time.
_BLOCK = 1 << 16


class Mipmaps:
    """A photo, RGB uint8 (H, W, 3) with H, W ≥ 1, and its halved copies, made when first wanted.

    What is cut from it is RGBX, four bytes a pixel, the last of which means nothing: so the nets
    take it, and leaving the byte out would cost more than it saves. Not shared between threads:
    each detection makes its own.
    """

    def __init__(self, image: Pixels) -> None:
        self.height, self.width = image.shape[:2]
        self._photo = np.ascontiguousarray(image)
        self._deepest = int(np.log2(min(self.height, self.width)))
        halvings = 2 ** np.arange(self._deepest + 1)[:, None]
        self._shapes = (-(-np.array([self.height, self.width]) // halvings)).astype(np.int32)
        # All halved copies in one array, each where the one before ends: crops from several of
        # them are picked at once.
        ends = np.cumsum([0, 0, *self._shapes[1:].prod(axis=1)], dtype=np.int32)
        self._starts = ends[:-1]
        self._flat = np.empty(int(ends[-1]), np.uint32)
        self._made = 0
        self._whole: _Packed | None = None

    def resized(self, width: int, height: int, *, border: int = 0) -> Pixels:
        """The whole photo at this size, (height + 2·border, width + 2·border, 4) uint8, RGBX.

        Each pixel is the mean of 2 × 2 picked ones. The border is grey, as crops are beyond the photo.
        """
        packed = _grey(height + 2 * border, width + 2 * border)
        self._shrink_into(packed[border : border + height, border : border + width])
        return _as_bytes(packed)

    def laid(self, sheet: Sheet) -> Pixels:
        """The photo on each tile of a sheet, as ``resized``, grey between: (H, W, 4) uint8, RGBX."""
        packed, border = _grey(sheet.height, sheet.width), sheet.border
        places = zip(sheet.tops, sheet.lefts, sheet.heights, sheet.widths, strict=True)
        for top, left, height, width in places:
            rows = slice(top + border, top + height - border)
            self._shrink_into(packed[rows, left + border : left + width - border])
        return _as_bytes(packed)

    def crops(self, squares: FloatArray, size: int, *, repeat_edges: bool = False) -> Pixels:
        """The pixels under (N, 4) squares, xyxy in the photo, as (N, size, size, 4) uint8, RGBX.

        Beyond the photo they are grey, or its edge pixels are repeated. N = 0 gives no crops.
        """
        cut = self._picked(squares, size)
        if not repeat_edges:
            self._grey_beyond(cut, squares, size)
        return cut

    def _picked(self, squares: FloatArray, size: int) -> Pixels:
        """Crops with the edge pixels repeated."""
        levels = self._levels_of(sides(squares) / np.float32(size))
        if len(levels) and levels.min() > 0:
            return _as_bytes(self._from_halved(levels, squares, size))
        cut = np.empty((len(squares), size, size), np.uint32)
        halved, small = levels > 0, np.flatnonzero(levels < 0)
        if halved.any():
            cut[halved] = self._from_halved(levels[halved], squares[halved], size)
        whole = levels == 0
        if whole.any():
            rows, columns = _places(squares[whole], size, self.height, self.width)
            places = rows[:, :, None] * np.int32(self.width) + columns[:, None, :]
            _as_bytes(cut)[whole, ..., :3] = self._photo.reshape(-1, 3).take(places, axis=0)
        for index in small:
            _as_bytes(cut)[index, ..., :3] = self._from_doubled(squares[index], size)
        return _as_bytes(cut)

    def _grey_beyond(self, cut: Pixels, squares: FloatArray, size: int) -> None:
        """Make those pixels grey whose middles lie beyond the photo."""
        limits = np.array([self.width, self.height], np.float32)
        over = np.flatnonzero(((squares[:, :2] < 0) | (squares[:, 2:] > limits)).any(axis=1))
        if not len(over):
            return
        along = sides(squares[over])[:, None] * _middles(size)
        columns, rows = squares[over, :1] + along, squares[over, 1:2] + along
        aside, above = (columns < 0) | (columns >= self.width), (rows < 0) | (rows >= self.height)
        packed = cut.view(np.uint32)[..., 0]
        packed[over] = np.where(above[:, :, None] | aside[:, None, :], _GREY, packed[over])

    def _from_halved(self, levels: _Ints, squares: FloatArray, size: int) -> _Packed:
        """Crops (N, size, size) from the halved copies of these levels, all at once."""
        self._make(int(levels.max()))
        height, width = self._shapes[levels].T[:, :, None]
        rows, columns = _places(np.ldexp(squares, -levels[:, None]), size, height, width)
        rows = rows * width + self._starts[levels][:, None]
        picked: _Packed = self._flat.take(rows[:, :, None] + columns[:, None, :])
        return picked

    def _from_doubled(self, square: FloatArray, size: int) -> Pixels:
        """One crop (size, size, 3) of few pixels, from what lies under it, doubled and interpolated.

        The same as picking from the doubled photo, which would be made for a few windows.
        """
        rows, columns = _places(2 * square[None], size, 2 * self.height, 2 * self.width)
        top, left = max(0, rows[0, 0] // 2 - 1), max(0, columns[0, 0] // 2 - 1)
        patch = self._photo[top : rows[0, -1] // 2 + 2, left : columns[0, -1] // 2 + 2]
        doubled = Image.fromarray(patch).resize(
            (2 * patch.shape[1], 2 * patch.shape[0]), Image.Resampling.BILINEAR
        )
        crop: Pixels = np.asarray(doubled)[rows[0] - 2 * top][:, columns[0] - 2 * left]
        return crop

    def _shrink_into(self, packed: _Packed) -> None:
        """Fill with the whole photo."""
        height, width = packed.shape
        level = max(0, min(self._deepest, floor(log2(self.width / (2 * width * LEAST_SPAN)))))
        copy = self._copy(level)
        upper, lower = _nearest_pairs(height, self.height * 2.0**-level, copy.shape[0])
        left, right = _nearest_pairs(width, self.width * 2.0**-level, copy.shape[1])
        block = max(1, _BLOCK // copy[:1].nbytes)
        for start in range(0, height, block):
            rows = slice(start, start + block)
            half = _mean(copy.take(upper[rows], axis=0), copy.take(lower[rows], axis=0), up=True)
            packed[rows] = _mean(half.take(left, axis=1), half.take(right, axis=1), up=False)

    def _levels_of(self, shrinkage: FloatArray) -> _Ints:
        """The copy that has as many pixels as are wanted: 0 the photo, above it halved, −1 doubled."""
        _, exponents = np.frexp(shrinkage / np.float32(LEAST_SPAN))
        levels: _Ints = np.minimum(np.maximum(exponents - 1, -1), self._deepest)
        return levels

    def _copy(self, level: int) -> _Packed:
        """The photo, packed, halved as often as ``level`` says."""
        if level == 0:
            if self._whole is None:
                self._whole = _packed(self._photo.reshape(self.height, -1), pixel=3)
            return self._whole
        self._make(level)
        return self._slot(level)

    def _slot(self, level: int) -> _Packed:
        height, width = self._shapes[level].tolist()
        return self._flat[self._starts[level] : self._starts[level] + height * width].reshape(height, width)

    def _make(self, deepest: int) -> None:
        """Make the halved copies up to this one, each from the one before."""
        while self._made < deepest:
            self._made += 1
            slot = self._slot(self._made)
            if self._made == 1:
                _halve_photo(self._photo, slot)
            else:
                _halve(self._slot(self._made - 1), slot)


def _places(squares: FloatArray, size: int, height: int | _Ints, width: int | _Ints) -> tuple[_Ints, _Ints]:
    """Rows and columns, (N, size) each, that crops of these (N, 4) squares pick from a copy."""
    along = sides(squares)[:, None] * _middles(size)
    rows, columns = squares[:, 1:2] + along, squares[:, :1] + along
    for places, limit in ((rows, height - 1), (columns, width - 1)):
        np.minimum(np.maximum(places, 0, out=places), limit, out=places, casting="same_kind")
    return rows.astype(np.int32), columns.astype(np.int32)


def _middles(size: int) -> FloatArray:
    """Where the pixels of a crop have their middles, in its sides: (size,)."""
    return (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)


def _grey(height: int, width: int) -> _Packed:
    return np.full((height, width), _GREY)


@lru_cache(maxsize=256)  # photos of one size, and the frames of a video, share them
def _nearest_pairs(count: int, extent: float, limit: int) -> tuple[_Ints, _Ints]:
    """The two rows of a copy that each of ``count`` rows is the mean of.

    extent: rows of the copy that the photo covers; halving rounds an odd number up, so that the
    last may stand for less than a row. Two arrays (count,), not to be changed.
    """
    at = (np.arange(2 * count) + 0.5) * (extent / (2 * count))
    nearest = np.clip(at, 0, limit - 1).astype(np.intp)
    return np.ascontiguousarray(nearest[0::2]), np.ascontiguousarray(nearest[1::2])


def _halve_photo(photo: Pixels, half: _Packed) -> None:
    """Fill ``half`` with the means of 2 × 2 pixels of an RGB photo; an odd last row or column stays."""
    height, width = photo.shape[:2]
    lines = photo.reshape(height, 3 * width)
    block = max(1, _BLOCK // (3 * width))
    for start in range(0, len(half), block):
        means = _mean_of_rows(lines, slice(start, start + block))
        means[:, :-3] = _mean(means[:, :-3], means[:, 3:], up=False)
        half[start : start + block] = _packed(means, pixel=6)


def _halve(copy: _Packed, half: _Packed) -> None:
    """Fill ``half`` with the means of 2 × 2 pixels of a copy; an odd last row or column stays."""
    pairs = copy.shape[1] // 2
    block = max(1, _BLOCK // copy[:1].nbytes)
    for start in range(0, len(half), block):
        rows = slice(start, start + block)
        means = _mean_of_rows(copy, rows)
        half[rows, :pairs] = _mean(means[:, 0 : 2 * pairs : 2], means[:, 1::2], up=False)
        half[rows, pairs:] = means[:, 2 * pairs :]


def _mean_of_rows(picture: NDArray[_Number], rows: slice) -> NDArray[_Number]:
    """These rows of a picture of half the height: each the mean of two, an odd last one itself."""
    upper, lower = picture[0::2][rows], picture[1::2][rows]
    if len(lower) < len(upper):
        lower = np.concatenate([lower, upper[-1:]])
    return _mean(upper, lower, up=True)


def _mean(first: NDArray[_Number], second: NDArray[_Number], *, up: bool) -> NDArray[_Number]:
    """The mean of bytes, or of four bytes in a number; halves are rounded up or down.

    It is the bits that either has, or that both share, less or plus half of those in which they
    differ; the mask keeps a halved bit from falling into the byte below.
    """
    differing = first ^ second
    if differing.dtype == np.uint32:
        differing &= np.uint32(0xFEFEFEFE)
    differing >>= differing.dtype.type(1)
    mean: NDArray[_Number] = first | second if up else first & second
    if up:
        mean -= differing
    else:
        mean += differing
    return mean


def _packed(lines: Pixels, *, pixel: int) -> _Packed:
    """Of each line (H, B) every ``pixel``-th byte and the three after it as one number: (H, W).

    The fourth byte is whatever comes next, so that the last line needs one more.
    """
    height, length = lines.shape
    packed = np.empty((height, -(-length // pixel)), np.uint32)
    last = np.append(lines[-1], np.uint8(0))
    packed[:-1] = np.ndarray(packed[:-1].shape, np.uint32, buffer=lines, strides=(length, pixel))
    packed[-1:] = np.ndarray(packed[-1:].shape, np.uint32, buffer=last, strides=(length, pixel))
    return packed


def _as_bytes(packed: _Packed) -> Pixels:
    """The same pixels as four bytes each: (…, 4) uint8, in the same memory."""
    return packed.view(np.uint8).reshape(*packed.shape, 4)
