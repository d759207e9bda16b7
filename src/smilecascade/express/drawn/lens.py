"""What lies between two arches over one chord: the shape of eyes and mouths."""

from __future__ import annotations

from dataclasses import dataclass

from smilecascade.express.drawn.shapes import Fill, Flat, Floats, Paint, Stroke, joined


@dataclass(frozen=True, eq=False)
class Lens:
    """Two curves (k, 2) from the same left to the same right end, the upper and the lower edge."""

    upper: Floats
    lower: Floats

    def filled(self, paint: Paint) -> Fill:
        """All that lies between the edges."""
        return Fill(joined(self.upper, self.lower[::-1]), paint)

    def edged(self, width: float, paint: Flat) -> list[Stroke]:
        """Both edges as lines."""
        return [Stroke(self.upper, width, paint), Stroke(self.lower, width, paint)]

    def upper_part(self, share: float) -> Lens:
        """What lies within this share (0..1) of the way from the upper edge to the lower one."""
        return Lens(self.upper, self.upper + (self.lower - self.upper) * share)

    def lower_part(self, share: float) -> Lens:
        """What lies within this share (0..1) of the way from the lower edge to the upper one."""
        return Lens(self.lower + (self.upper - self.lower) * share, self.lower)
