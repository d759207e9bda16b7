"""Turning frames as their video says: phones store them as the sensor lies, and note how it was held."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from smilecascade.mipmaps import Pixels

if TYPE_CHECKING:
    from av.buffer import Buffer
    from av.video.frame import VideoFrame


class Turn(NamedTuple):
    """What to do with a stored picture, in this order: swap its axes, mirror it in x, mirror it in y."""

    sideways: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    def __call__(self, stored: Pixels) -> Pixels:
        """RGB uint8 (H, W, 3) turned upright; contiguous, of its own memory where anything was to be done."""
        upright = stored.swapaxes(0, 1) if self.sideways else stored
        upright = upright[:: -1 if self.mirror_y else 1, :: -1 if self.mirror_x else 1]
        return np.ascontiguousarray(upright)


def turn_of(frame: VideoFrame) -> Turn:
    """How a frame is to be turned; angles between the quarters of a turn go to the nearest.

    Source: libavutil/display.h. The matrix is a b u, c d v, x y w, as int32: along a stored row
    one goes (a, b) in the upright picture, along a stored column (c, d).
    """
    side_data = frame.side_data.get("DISPLAYMATRIX")
    if side_data is None:
        return Turn()
    a, b, _, c, d = np.frombuffer(bytes(cast("Buffer", side_data)), np.int32)[:5].tolist()
    sideways = abs(b) > abs(a)
    return Turn(sideways, *((c < 0, b < 0) if sideways else (a < 0, d < 0)))
