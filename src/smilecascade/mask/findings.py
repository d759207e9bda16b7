"""What an audit finds, and its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from smilecascade.draw.faces import frame_face
from smilecascade.draw.paint import YELLOW
from smilecascade.geometry.boxes import Box
from smilecascade.mask.covers import Cover, Outline, rounded
from smilecascade.mipmaps import Pixels

#: Side of a picture, pixels, and what it shows, in longer sides of the face's box.
_SIDE, _VIEW = 160, 2.2

#: A face whose place is covered to this share is the cover itself: drawn smileys are found, too.
_UNDER = 0.5


class Kind(Enum):
    """What a finding is; only the first of them is a failure."""

    REMAINS = "remains"
    WEAK = "weak"
    UNSURE = "unsure"
    SHORT = "short"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that a person should look at.

    source: the photo or video. where: the moment of a video, in words, or "". picture: as a JPEG.
    places, removals: what a review would say of it: places to add or to leave, covers to remove.
    """

    kind: Kind
    source: str
    score: float
    where: str
    picture: bytes
    places: tuple[dict[str, Any], ...] = ()
    removals: tuple[dict[str, Any], ...] = ()


def is_under(cover: Cover, outlines: Sequence[Outline]) -> bool:
    """Whether the place of a face lies under these, for the greater part."""
    points = rounded(cover).rings()
    under = np.any([outline.holds(points) for outline in outlines], axis=0) if outlines else np.zeros(1)
    return float(np.mean(under)) >= _UNDER


def picture_of(image: Pixels, cover: Cover) -> bytes:
    """A place of a photo and what lies around it, framed, as a JPEG."""
    x1, y1, x2, y2 = cover.box
    reach = _VIEW * max(x2 - x1, y2 - y1) / 2
    left, top = (x1 + x2) / 2 - reach, (y1 + y2) / 2 - reach
    view = (left, top, left + 2 * reach, top + 2 * reach)
    shown = Image.fromarray(image).transform(
        (_SIDE, _SIDE), Image.Transform.EXTENT, view, Image.Resampling.BICUBIC
    )
    canvas, scale = np.array(shown), _SIDE / (2 * reach)
    frame_face(canvas, _in_view(cover.box, left, top, scale), YELLOW)
    file = BytesIO()
    Image.fromarray(canvas).save(file, "JPEG", quality=85)
    return file.getvalue()


def _in_view(box: Box, left: float, top: float, scale: float) -> Box:
    x1, y1, x2, y2 = box
    return ((x1 - left) * scale, (y1 - top) * scale, (x2 - left) * scale, (y2 - top) * scale)
