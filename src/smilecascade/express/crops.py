"""Crops of faces turned upright, as the nets that look at expressions are shown them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smilecascade.geometry.boxes import FloatArray, centres, sides, squares_about
from smilecascade.mipmaps import Mipmaps, Pixels

#: A crop is first cut unturned, so much larger that the turned one lies inside, whatever the angle.
_ENCLOSING = 1.42

#: Pixels of the unturned crop for each pixel of the result: what is picked from it hardly aliases.
_FINENESS = 2


def upright(photo: Mipmaps, squares: FloatArray, rolls: NDArray[np.floating], size: int) -> Pixels:
    """The pixels under (N, 4) squares, each turned about its middle: (N, size, size, 4) uint8, RGBX.

    rolls: (N,) degrees, clockwise as one sees the photo; a head that leans so is upright in its crop.
    Each pixel is the mean of 2 × 2 picked ones, since an expression lies in fine lines. Beyond the photo
    its edge pixels are repeated. N = 0 gives no crops.
    """
    fine = round(_ENCLOSING * _FINENESS * size)
    around = squares_about(centres(squares), sides(squares) * np.float32(_ENCLOSING))
    wide = photo.crops(around, fine, repeat_edges=True).view(np.uint32)[..., 0]
    rows, columns = _turned(rolls, size, fine)
    picked = wide[np.arange(len(wide))[:, None, None], rows, columns]
    return _halved(picked[..., None].view(np.uint8))


def _turned(rolls: NDArray[np.floating], size: int, fine: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the wide crop that the turned one picks: (N, 2·size, 2·size) each."""
    count = 2 * size
    along = ((np.arange(count) + 0.5) / count - 0.5) * (fine / _ENCLOSING)
    angles = np.radians(np.asarray(rolls, np.float64))[:, None, None]
    cos, sin = np.cos(angles), np.sin(angles)
    columns = fine / 2 + cos * along[None, None, :] - sin * along[None, :, None]
    rows = fine / 2 + sin * along[None, None, :] + cos * along[None, :, None]
    return rows.astype(np.intp), columns.astype(np.intp)


def _halved(crops: Pixels) -> Pixels:
    """The means of 2 × 2 pixels: (N, 2·S, 2·S, 4) to (N, S, S, 4)."""
    pairs = crops[:, ::2].astype(np.uint16) + crops[:, 1::2]
    total = pairs[:, :, ::2] + pairs[:, :, 1::2]
    return ((total + 2) >> 2).astype(np.uint8)
