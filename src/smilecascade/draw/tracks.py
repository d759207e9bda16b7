"""Followed faces drawn on a frame of a video: each in its own colour, with its number."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from smilecascade.draw.faces import frame_face, label_face, text_height
from smilecascade.draw.paint import YELLOW, Colour, Floats, rendered
from smilecascade.geometry.boxes import Box
from smilecascade.images import check_rgb
from smilecascade.mipmaps import Pixels

#: Light colours, since text on them is dark, in an order that keeps neighbours apart.
COLOURS: tuple[Colour, ...] = (
    YELLOW,
    (116, 217, 255),
    (255, 156, 190),
    (140, 231, 153),
    (201, 177, 255),
    (255, 178, 92),
)

_rendered = lru_cache(maxsize=256)(rendered)


def draw_tracks(image: Pixels, boxes: Mapping[int, Box]) -> Pixels:
    """A copy of RGB uint8 (H, W, 3) with a frame around each face, and the number of its track.

    boxes: by number; a number has the same colour in every frame. The lowest are drawn last, over
    the others. What reaches beyond the frame is cut; no boxes give a plain copy.
    """
    canvas = np.array(check_rgb(image), order="C")
    for number in sorted(boxes, reverse=True):
        colour = COLOURS[(number - 1) % len(COLOURS)]
        frame_face(canvas, boxes[number], colour)
        label_face(canvas, boxes[number], _label(number, text_height(canvas)), colour)
    return canvas


def _label(number: int, height: float) -> Floats:
    return _rendered(f"#{number}", height)
