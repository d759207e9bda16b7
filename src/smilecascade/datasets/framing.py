"""How the labels of one set sit beside the canonical square, and the way back.

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
