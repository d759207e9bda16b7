"""How the labels of one set sit beside the canonical square and the usual five points, and the way back.

Sets without landmarks draw a face each in their own way: from hair to chin, from eyebrows to
chin. What such labels become would teach a net a different face for every set. A framing is
measured: medians over a set's faces against the squares of landmarks, less what the same
comparison shows on WebFaces, whose squares are canonical.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from smilecascade.geometry.boxes import Box, Point
from smilecascade.records import Landmarks

#: Straight down in a photo, whose y grows downwards.
DOWN: Point = (0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Framing:
    """The change that makes a set's squares canonical; the default changes nothing."""

    down: float = 0.0
    """How far the centre moves towards the chin, in sides of the set's square."""

    scale: float = 1.0
    """Side of the canonical square in sides of the set's square, above 0."""

    def canonical(self, square: Box, down: Point = DOWN) -> Box:
        """The canonical square of a set's square; ``down`` is a unit vector from brow to chin."""
        x1, y1, x2, y2 = square
        side = x2 - x1
        x = (x1 + x2) / 2 + self.down * side * down[0]
        y = (y1 + y2) / 2 + self.down * side * down[1]
        half = self.scale * side / 2
        return (x - half, y - half, x + half, y + half)


#: WebFaces marks the base of the nose and the centre of the mouth; LFW, MTFL and the detectors of five points
#: its tip, and the corners. So far the tip lies above the base, and the midpoint of the corners above the
#: centre, in distances of the midpoint of the eyes from the centre of the mouth: medians over 479 faces of
#: WebFaces, measured with a detector of five points that agrees with LFW to .02.
_TIP_ABOVE_BASE, _CORNERS_ABOVE_CENTRE = 0.19, 0.075


def in_five_points_style(points: Landmarks) -> Landmarks:
    """The same points with nose and mouth where sets of five points mark them.

    Points with the corners of the mouth, or without eyes, mouth or nose, are returned as they are.
    """
    eyes, _ = points.middles()
    mouth, nose = points.mouth, points.nose
    if eyes is None or mouth is None or nose is None or points.left_mouth or points.right_mouth:
        return points
    return replace(
        points,
        nose=_raised(nose, _TIP_ABOVE_BASE, eyes, mouth),
        mouth=_raised(mouth, _CORNERS_ABOVE_CENTRE, eyes, mouth),
    )


def _raised(point: Point, share: float, eyes: Point, mouth: Point) -> Point:
    """A point moved by this share of the way from the mouth to the eyes, in their direction."""
    return point[0] + share * (eyes[0] - mouth[0]), point[1] + share * (eyes[1] - mouth[1])
