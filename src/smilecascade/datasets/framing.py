"""How the labels of one set sit beside the canonical square and the canonical points, and the way back.

Sets without landmarks draw a face each in their own way: from hair to chin, from eyebrows to
chin. What such labels become would teach a net a different face for every set. A framing is
measured: medians over a set's faces against the squares of landmarks, less what the same
comparison shows on WebFaces, whose squares are canonical.
"""

from __future__ import annotations

from dataclasses import dataclass

from smilecascade.geometry.boxes import Box, Point

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


#: From the tip of the nose to its base, in distances of the midpoints of eyes and mouth, and how much of
#: the tip's distance from the line between them the base keeps. Medians over near-frontal faces: WebFaces
#: marks the base, .69 of the way from the eyes to the mouth and .02 off the line; LFW (.54, .08), MTFL
#: (.58, .11) and detectors of five points (.54, .08) the tip, which stands out of the face.
_TIP_TO_BASE, _OFF_LINE = 0.13, 0.25


def nose_base(eyes: Point, mouth: Point, tip: Point) -> Point:
    """Where the base of a nose is, from the midpoints of eyes and mouth and the tip that a set marks.

    Two equal midpoints give the tip.
    """
    down_x, down_y = mouth[0] - eyes[0], mouth[1] - eyes[1]
    squared = down_x**2 + down_y**2
    if squared == 0:
        return tip
    along = ((tip[0] - eyes[0]) * down_x + (tip[1] - eyes[1]) * down_y) / squared
    foot_x, foot_y = eyes[0] + along * down_x, eyes[1] + along * down_y
    return (
        foot_x + _TIP_TO_BASE * down_x + _OFF_LINE * (tip[0] - foot_x),
        foot_y + _TIP_TO_BASE * down_y + _OFF_LINE * (tip[1] - foot_y),
    )
