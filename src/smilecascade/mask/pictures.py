"""Round pictures, drawn once and laid on faces at any size and roll."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade.draw.paint import Region
from smilecascade.express import Expression, face_of, to_pixels
from smilecascade.mask.covers import Outline

#: Sides at which smileys are drawn, pixels: √2 apart, since a larger picture takes a second to draw, and
#: one that shrinks by more than that needs to be smoothed.
_SIDES = tuple(round(32 * 2 ** (step / 2)) for step in range(11))

#: A smiley's disc, in halves of its picture: inside it nothing is transparent.
DRAWN_DISC = 0.92

#: Probabilities are drawn in steps of this: nobody sees less, and a film has few different smileys.
_STEP = 1 / 16


def smiley(expression: Expression, side: float) -> NDArray[np.uint8]:
    """Our smiley of this expression, upright: RGBA (S, S, 4), S at least ``side``, as far as it is drawn."""
    size = next((size for size in _SIDES if size >= side), _SIDES[-1])
    return _drawn(_coarse(expression), size)


def laid(picture: NDArray[np.uint8], outline: Outline, place: Region, radius: float) -> NDArray[np.float32]:
    """A picture turned and sized so that its disc fills a round outline: RGBA (rows, columns, 4) of a region.

    radius: of its disc, in halves of the picture. Colours are multiplied by their opacity, 0..255.
    """
    x1, y1, x2, y2 = place
    side = picture.shape[0]
    scale = side / 2 * radius / outline.across
    angle = np.radians(outline.roll)
    cos, sin = float(np.cos(angle)) * scale, float(np.sin(angle)) * scale
    # From the middle of a pixel of the region to a place in the picture.
    left, top = x1 - outline.x, y1 - outline.y
    across = (cos, sin, left * cos + top * sin + side / 2)
    down = (-sin, cos, top * cos - left * sin + side / 2)
    size = (x2 - x1, y2 - y1)
    turned = _premultiplied(picture).transform(
        size, Image.Transform.AFFINE, (*across, *down), Image.Resampling.BICUBIC
    )
    return np.asarray(turned, np.float32)


def _premultiplied(picture: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(picture).convert("RGBa")


def _coarse(expression: Expression) -> tuple[tuple[str, float], ...]:
    """The probabilities in whole steps that still add up to 1; what is left over goes to the likeliest."""
    steps = {name: round(value / _STEP) for name, value in expression.probabilities.items()}
    steps[expression.top] += round(1 / _STEP) - sum(steps.values())
    return tuple((name, count * _STEP) for name, count in steps.items())


@lru_cache(maxsize=64)
def _drawn(probabilities: tuple[tuple[str, float], ...], size: int) -> NDArray[np.uint8]:
    return to_pixels(face_of(Expression(probabilities=dict(probabilities))), size)
