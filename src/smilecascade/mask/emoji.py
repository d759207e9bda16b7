"""Emojis as pictures, from a colour font of the system; none comes with the program."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from smilecascade.errors import MaskError
from smilecascade.express import Expression, smiley_of

#: Files of fonts with coloured emojis, by what they are called on Linux, macOS and Windows.
_NAMES = ("NotoColorEmoji.ttf", "Apple Color Emoji.ttc", "seguiemj.ttf", "TwitterColorEmoji-SVGinOT.ttf")

#: Sizes at which these fonts hold their pictures; a font of outlines takes any.
_SIZES = (109, 160, 128, 96)

#: The disc of an emoji's face, in halves of its picture.
EMOJI_DISC = 0.94


def emoji(expression: Expression) -> NDArray[np.uint8]:
    """The emoji of an expression: RGBA (S, S, 4). Raises MaskError where no font of emojis is installed."""
    return _drawn(smiley_of(expression))


def require_emojis() -> None:
    """Raise MaskError where no font of coloured emojis is installed that can be drawn with."""
    _font()


@lru_cache(maxsize=64)
def _drawn(character: str) -> NDArray[np.uint8]:
    picture = _glyph(_font(), character)
    square = Image.new("RGBA", (max(picture.size),) * 2)
    square.paste(picture, ((square.width - picture.width) // 2, (square.height - picture.height) // 2))
    return np.asarray(square)


def _glyph(font: ImageFont.FreeTypeFont, character: str) -> Image.Image:
    """A character in its colours, cut to its own extent; of zero size where the font does not colour it."""
    left, top, right, bottom = (int(edge) for edge in font.getbbox(character))
    picture = Image.new("RGBA", (right - left, bottom - top))
    ImageDraw.Draw(picture).text((-left, -top), character, font=font, embedded_color=True)
    colours = np.asarray(picture)
    coloured = colours.size > 0 and bool(np.ptp(colours[..., :3], axis=2).any())
    return picture.crop(picture.getbbox()) if coloured else Image.new("RGBA", (0, 0))


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    for name in _NAMES:
        for size in _SIZES:
            with suppress(OSError):
                font = ImageFont.truetype(name, size)
                if _glyph(font, "😀").width:
                    return font
    raise MaskError(
        "no font of coloured emojis is installed that can be drawn with (looked for "
        f"{', '.join(_NAMES)}); install one, such as fonts-noto-color-emoji, or cover with 'smiley'"
    )
