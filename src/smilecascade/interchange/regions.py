"""A photo with the faces that somebody labelled or found in it, as any of the formats can say it."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import NamedTuple

from smilecascade.datasets.marks import Listed, Mark, fault
from smilecascade.geometry.boxes import Box

#: Coordinates beyond this, in pixels, are none of a photo, and further on sums of them are no numbers.
FURTHEST = 1e9


class Ellipse(NamedTuple):
    """An ellipse in FDDB's order: its radii, the angle of the major one in radians, its centre."""

    major: float
    minor: float
    angle: float
    x: float
    y: float

    @property
    def box(self) -> Box:
        """The upright box that just holds it."""
        half_width = hypot(self.major * cos(self.angle), self.minor * sin(self.angle))
        half_height = hypot(self.major * sin(self.angle), self.minor * cos(self.angle))
        return (self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height)

    @classmethod
    def within(cls, box: Box) -> Ellipse:
        """The largest ellipse in a box, its major axis along the longer side."""
        half_width, half_height = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if half_width > half_height:
            return cls(half_width, half_height, 0.0, x, y)
        return cls(half_height, half_width, pi / 2, x, y)


@dataclass(frozen=True, kw_only=True)
class Region:
    """Where a face is, or is said to be.

    box:     (x1, y1, x2, y2), pixels of the photo; readers let no others in than are ``believed``.
    score:   of a detection, any finite number; None for a label.
    group:   the class that a label was given, or "".
    ignored: whether a label asks neither for finding it nor against.
    ellipse: the ellipse, if the face was given as one; ``box`` is then the box about it.
    """

    box: Box
    score: float | None = None
    group: str = ""
    ignored: bool = False
    ellipse: Ellipse | None = None

    @property
    def confidence(self) -> float:
        """The score; what has none is certain, 1."""
        return 1.0 if self.score is None else self.score

    @property
    def is_empty(self) -> bool:
        """Whether its width or height is not above 0: such a box marks no place."""
        return not (self.box[2] > self.box[0] and self.box[3] > self.box[1])


@dataclass(frozen=True, kw_only=True)
class MarkedPhoto:
    """A photo and its faces, in the order of the file that says so.

    name: as the file calls it, "/" between folders. size: width and height in pixels, or None
    where the file does not tell.
    """

    name: str
    regions: tuple[Region, ...] = ()
    size: tuple[int, int] | None = None

    @classmethod
    def of(cls, listed: Listed) -> MarkedPhoto:
        """The photo that a reader of labels lists; DatasetError for a box that is not ``believed``."""
        size = listed.size and (round(listed.size[0]), round(listed.size[1]))
        return cls(name=listed.name, size=size or None, regions=tuple(map(_region, listed.marks)))


def believed(box: Box, where: str) -> Box:
    """The box, if all its numbers are within ``FURTHEST``; DatasetError, naming the place, where not."""
    if not all(-FURTHEST <= value <= FURTHEST for value in box):
        raise fault(where, f"coordinates of at most {FURTHEST:g} pixels", " ".join(f"{v:g}" for v in box))
    return box


def _region(mark: Mark) -> Region:
    return Region(box=believed(mark.box, mark.where), group=mark.group, ignored=mark.ignored)
