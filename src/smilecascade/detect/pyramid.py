"""The pyramid of a photo on one sheet, over which the first level slides."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from smilecascade.bundle import Verdicts
from smilecascade.geometry.pyramid import squares_of_positions, window_sides
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Candidates
from smilecascade.sheets import Sheet, laid_out, tile_of_windows
from smilecascade.specs import CascadeSpec, LevelSpec


@dataclass(frozen=True, kw_only=True, eq=False)
class Pyramid:
    """T images of a photo, one for each side of the windows searched, beside each other.

    pixels: the sheet, RGBX uint8 (1, H, W, 4). sides (T,): of the windows, pixels of the photo.
    ratios (T, 2): pixels of the photo in one of each image, along x and y. window, stride: the net's.
    """

    pixels: Pixels
    sheet: Sheet
    sides: NDArray[np.float64]
    ratios: NDArray[np.float64]
    window: int
    stride: int

    @classmethod
    def of(cls, photo: Mipmaps, level: LevelSpec, cascade: CascadeSpec, min_face: float) -> Pyramid | None:
        """Windows from ``min_face`` up, for the net of this level; None where not one fits."""
        step, largest = 2 ** (1 / cascade.scales_per_octave), cascade.largest
        sides = window_sides(photo.height, photo.width, min_face=min_face, step=step, largest=largest)
        sizes = tuple(_size(photo, level.window / side) for side in sides.tolist())
        if not sizes:
            return None
        sheet = laid_out(sizes, border=ceil(cascade.padding * level.window), cell=level.stride)
        if min(sheet.height, sheet.width) < level.window:
            return None
        return cls(
            pixels=photo.laid(sheet)[None],
            sheet=sheet,
            sides=sides,
            ratios=(photo.width, photo.height) / np.array(sizes),
            window=level.window,
            stride=level.stride,
        )

    def windows(self, said: Verdicts) -> tuple[Candidates, Verdicts, int]:
        """The windows that a net keeps of the sheet, what it says of them, and how many there were.

        Those across two images are none.
        """
        tiles, entered = tile_of_windows(self.sheet, self.window, self.stride)
        scales = tiles.ravel()[said.places].astype(np.int32)
        said, scales = said[scales >= 0], scales[scales >= 0]
        rows, columns = np.divmod(said.places, tiles.shape[1])
        squares = squares_of_positions(
            rows - self.sheet.tops[scales] // self.stride,
            columns - self.sheet.lefts[scales] // self.stride,
            side=self.sides[scales],
            window=self.window,
            stride=self.stride,
            border=self.sheet.border,
            ratio=self.ratios[scales],
        )
        return Candidates(boxes=squares, scores=said.scores, scales=scales), said, entered


def _size(photo: Mipmaps, scale: float) -> tuple[int, int]:
    """Width and height of the photo at this scale, in whole pixels."""
    return max(1, round(photo.width * scale)), max(1, round(photo.height * scale))
