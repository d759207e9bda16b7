"""A law of sheets: every image has its tile, and none overlaps another."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smilecascade.sheets import Sheet, laid_out


def taken(sheet: Sheet) -> np.ndarray:
    """How many tiles lie on each pixel."""
    counts = np.zeros((sheet.height, sheet.width), int)
    places = zip(sheet.tops, sheet.lefts, sheet.heights, sheet.widths, strict=True)
    for top, left, height, width in places:
        counts[top : top + height, left : left + width] += 1
    return counts


@given(
    st.integers(1, 300),
    st.integers(1, 300),
    st.integers(1, 14),
    st.integers(0, 5),
    st.integers(1, 8),
    st.sampled_from([2**0.25, 2**0.5, 2.0]),
)
def test_every_image_has_a_tile_of_its_own(
    width: int, height: int, count: int, border: int, cell: int, step: float
) -> None:
    sizes = tuple((max(1, round(width / step**k)), max(1, round(height / step**k))) for k in range(count))
    sheet = laid_out(sizes, border=border, cell=cell)
    wanted = np.array(sizes) + 2 * border
    np.testing.assert_array_equal(np.stack([sheet.widths, sheet.heights], axis=1), wanted)
    assert taken(sheet).max() == 1
    assert taken(sheet).sum() == wanted.prod(1).sum()
    assert all((edges % cell == 0).all() for edges in (sheet.tops, sheet.lefts))
    assert sheet.height % cell == sheet.width % cell == 0
