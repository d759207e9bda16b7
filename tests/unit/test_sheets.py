"""Layouts of sheets: little is left empty, and windows know their tiles."""

import numpy as np
import pytest

from smilecascade.sheets import laid_out, tile_of_windows

WINDOW, STRIDE = 12, 4


def pyramid(width: int, height: int, count: int, step: float = 2**0.5) -> tuple[tuple[int, int], ...]:
    return tuple((max(1, round(width / step**k)), max(1, round(height / step**k))) for k in range(count))


@pytest.mark.parametrize(("width", "height"), [(192, 144), (384, 216), (144, 192)])
def test_little_of_a_sheet_stays_empty(width: int, height: int) -> None:
    sheet = laid_out(pyramid(width, height, 10), border=3, cell=4)
    assert (sheet.heights * sheet.widths).sum() > 0.8 * sheet.height * sheet.width


def test_windows_belong_to_the_tile_that_holds_them_whole() -> None:
    sheet = laid_out(pyramid(96, 72, 7), border=3, cell=STRIDE)
    owners, entered = tile_of_windows(sheet, WINDOW, STRIDE)
    assert entered == (owners >= 0).sum()
    for row, column in np.ndindex(owners.shape):
        top, left = row * STRIDE, column * STRIDE
        holding = [
            tile
            for tile in range(len(sheet.tops))
            if sheet.tops[tile] <= top <= sheet.tops[tile] + sheet.heights[tile] - WINDOW
            and sheet.lefts[tile] <= left <= sheet.lefts[tile] + sheet.widths[tile] - WINDOW
        ]
        assert owners[row, column] == (holding[0] if holding else -1)


def test_tiles_smaller_than_a_window_hold_none() -> None:
    owners, entered = tile_of_windows(laid_out(((13, 1),), border=1, cell=4), WINDOW, STRIDE)
    assert (entered, owners.size) == (0, 0)
