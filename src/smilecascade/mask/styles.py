"""What faces are covered with: a smiley, an emoji, their own coarse picture, or one dark colour.

None of them can be undone: nothing of the face is left in the pixels that are covered, and of blur and
pixels no more than the means of an 8 x 8 grid, which holds more than the face.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade.draw.paint import INK, YELLOW, Colour, Region
from smilecascade.express import Expression
from smilecascade.images import check_rgb
from smilecascade.mask.covers import Cover, Outline, disc, needed, rounded, sureness
from smilecascade.mask.emoji import EMOJI_DISC, emoji
from smilecascade.mask.pictures import DRAWN_DISC, laid, smiley
from smilecascade.mipmaps import Pixels

#: A face's place is reduced to so many pixels across, at most, before it is blurred or enlarged again.
CELLS = 8

#: What a smiley shows where nobody says what the face does.
CALM = Expression.of(happiness=0.4)

#: The colours (rows, columns, 3) or (3,), 0..255, under the cover of a face in a region of a photo.
Colours = Callable[[Pixels, Cover, Outline, Region], NDArray[np.floating]]


@dataclass(frozen=True, kw_only=True)
class Style:
    """How faces are covered: the shape, and what it is filled with.

    expressive: whether it shows what the face does, so that this has to be known.
    """

    outline: Callable[[Cover], Outline]
    colours: Colours
    expressive: bool = False


def hidden(image: Pixels, covers: Sequence[Cover], style: Style) -> Pixels:
    """A copy of RGB uint8 (H, W, 3) with these places covered, the surest last, over the others.

    What reaches beyond the photo is cut, and what others hide whole is left out; no covers give a plain copy.
    """
    canvas = np.array(check_rgb(image), order="C")
    for cover in sorted(needed(covers), key=sureness):
        outline = style.outline(cover)
        x1, y1, x2, y2 = place = outline.region(canvas)
        if x2 > x1 and y2 > y1:
            shares = outline.coverage(place)[..., None]
            below = canvas[y1:y2, x1:x2]
            mixed = below + (style.colours(image, cover, outline, place) - below) * shares
            below[...] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return canvas


def _flat(colour: Colour, *_: object) -> NDArray[np.floating]:
    return np.array(colour, np.float32)


def _coarse(
    smoothed: Image.Resampling, image: Pixels, cover: Cover, outline: Outline, place: Region
) -> NDArray[np.floating]:
    """The means of ``CELLS`` x ``CELLS`` squares of the whole cover, enlarged again."""
    x1, y1, x2, y2 = place
    cell = 2 * outline.reach / CELLS
    few = (min(CELLS, ceil((x2 - x1) / cell)), min(CELLS, ceil((y2 - y1) / cell)))
    patch = Image.fromarray(image[y1:y2, x1:x2]).resize(few, Image.Resampling.BOX)
    return np.asarray(patch.resize((x2 - x1, y2 - y1), smoothed), np.float32)


def _smiley(image: Pixels, cover: Cover, outline: Outline, place: Region) -> NDArray[np.floating]:
    picture = smiley(cover.expression or CALM, 2 * outline.across)
    return _on(YELLOW, laid(picture, outline, place, DRAWN_DISC))


def _emoji(image: Pixels, cover: Cover, outline: Outline, place: Region) -> NDArray[np.floating]:
    return _on(YELLOW, laid(emoji(cover.expression or CALM), outline, place, EMOJI_DISC))


def _on(colour: Colour, picture: NDArray[np.float32]) -> NDArray[np.floating]:
    """A picture on one colour, so that nothing shows through: (rows, columns, 3)."""
    colours: NDArray[np.floating] = picture[..., :3] + (1 - picture[..., 3:] / 255) * np.array(colour)
    return colours


STYLES: dict[str, Style] = {
    "smiley": Style(outline=disc, colours=_smiley, expressive=True),
    "emoji": Style(outline=disc, colours=_emoji, expressive=True),
    "blur": Style(outline=rounded, colours=partial(_coarse, Image.Resampling.BICUBIC)),
    "pixels": Style(outline=rounded, colours=partial(_coarse, Image.Resampling.NEAREST)),
    "solid": Style(outline=rounded, colours=partial(_flat, INK)),
}
