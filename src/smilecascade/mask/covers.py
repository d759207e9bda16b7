"""What lies over a face: a place that leans as the head does, and its outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smilecascade.draw.paint import Region, region
from smilecascade.express import Expression
from smilecascade.geometry.boxes import Box
from smilecascade.mask.search import side_of
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face
from smilecascade.specs import CascadeSpec

_Floats = NDArray[np.floating]

#: Half axes of a cover, in widths and heights of the face's box, and in pixels: boxes of small faces are
#: a pixel or two off.
ACROSS, DOWN, MARGIN = 0.70, 0.64, 2.0

#: |u|ⁿ + |v|ⁿ ≤ 1: an ellipse at 2, a box at infinity. This one holds the corners of the face's box.
_SQUARENESS = 3.0

#: A disc holds the corners as well, and a little more.
_DISC = 1.03

#: Where a cover is looked at to find out if others hide it: in its middle and nearly at its edge.
_RINGS, _SPOKES = (0.0, 0.4, 0.8), 16


@dataclass(frozen=True, kw_only=True)
class Cover:
    """The place of one face that is covered.

    box:   the face's, (x1, y1, x2, y2), as if the head were turned upright about its middle; pixels.
    roll:  how far it leans, degrees, clockwise as one sees the photo.
    score: 0..1, how sure it is that this is a face; None where a person said so.
    expression: what it shows, where that is drawn.
    """

    box: Box
    roll: float = 0.0
    score: float | None = None
    expression: Expression | None = None


class Outline(NamedTuple):
    """The edge of a cover: |u|ⁿ + |v|ⁿ = 1, u across and v down the leaning head, in half axes."""

    x: float
    y: float
    across: float
    down: float
    roll: float
    squareness: float

    @property
    def reach(self) -> float:
        """No pixel of it is farther from its middle, in x or in y, than this; pixels."""
        return hypot(self.across, self.down) + 1

    def region(self, canvas: Pixels) -> Region:
        """The whole pixels of a photo that it may touch."""
        x, y, reach = self.x, self.y, self.reach
        return region(canvas, (x - reach, y - reach, x + reach, y + reach))

    def coverage(self, place: Region) -> NDArray[np.float32]:
        """How much of each pixel of a region it covers, (rows, columns) in 0..1; half at its edge."""
        x1, y1, x2, y2 = place
        norm = self._norm(np.arange(x1, x2)[None, :] + 0.5, np.arange(y1, y2)[:, None] + 0.5)
        distance = (norm - 1) * min(self.across, self.down)
        coverage: NDArray[np.float32] = np.clip(0.5 - distance, 0, 1).astype(np.float32)
        return coverage

    def holds(self, points: _Floats) -> NDArray[np.bool_]:
        """Which of (N, 2) points lie inside: (N,)."""
        return np.asarray(self._norm(points[:, 0], points[:, 1]) <= 1)

    def rings(self) -> _Floats:
        """Points (N, 2) of it: its middle and rings about it."""
        angles = np.linspace(0, 2 * np.pi, _SPOKES, endpoint=False)
        radii = np.repeat(_RINGS, _SPOKES)
        u, v = (radii * np.tile(wave(angles), len(_RINGS)) for wave in (np.cos, np.sin))
        cos, sin = self._turn()
        across, down = u * self.across, v * self.down
        return np.stack([self.x + across * cos - down * sin, self.y + across * sin + down * cos], axis=1)

    def _norm(self, x: _Floats, y: _Floats) -> _Floats:
        cos, sin = self._turn()
        u = ((x - self.x) * cos + (y - self.y) * sin) / self.across
        v = ((y - self.y) * cos - (x - self.x) * sin) / self.down
        norm: _Floats = (np.abs(u) ** self.squareness + np.abs(v) ** self.squareness) ** (1 / self.squareness)
        return norm

    def _turn(self) -> tuple[float, float]:
        angle = np.radians(self.roll)
        return float(np.cos(angle)), float(np.sin(angle))


def cover_of(face: Face, spec: CascadeSpec) -> Cover:
    """The place of a face: about its box's middle, of its size, leaning as its points do."""
    x1, y1, x2, y2 = face.box
    x, y, side = (x1 + x2) / 2, (y1 + y2) / 2, side_of(face) / (spec.face_width * spec.face_height) ** 0.5
    half_width, half_height = side * spec.face_width / 2, side * spec.face_height / 2
    box = (x - half_width, y - half_height, x + half_width, y + half_height)
    return Cover(box=box, roll=face.roll or 0.0, score=face.score)


def rounded(cover: Cover) -> Outline:
    """A box with very round corners that holds the face's box and a margin."""
    x, y, width, height = _middle(cover)
    return Outline(x, y, ACROSS * width + MARGIN, DOWN * height + MARGIN, cover.roll, _SQUARENESS)


def disc(cover: Cover) -> Outline:
    """The disc that holds the face's box and a margin."""
    x, y, width, height = _middle(cover)
    radius = _DISC * hypot(width, height) / 2 + MARGIN
    return Outline(x, y, radius, radius, cover.roll, 2.0)


def needed(covers: Sequence[Cover]) -> list[Cover]:
    """The covers without those that others hide whole, in their order; of equals the surest stays.

    A box around the eyes alone lies under the cover of the face.
    """
    outlines = [rounded(cover) for cover in covers]
    kept = set(range(len(covers)))

    def size(index: int) -> tuple[float, float]:
        return outlines[index].across * outlines[index].down, sureness(covers[index])

    for index in sorted(kept, key=size):
        others = [outlines[other] for other in kept if other != index]
        points = outlines[index].rings()
        if others and np.any([other.holds(points) for other in others], axis=0).all():
            kept.remove(index)
    return [covers[index] for index in sorted(kept)]


def sureness(cover: Cover) -> float:
    """0..1, how sure it is that this is a face; what a person said is sure."""
    return 1.0 if cover.score is None else cover.score


def _middle(cover: Cover) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = cover.box
    return (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1
