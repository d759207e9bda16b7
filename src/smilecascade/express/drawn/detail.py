"""How much a smiley shows at a size: a small one has fewer and thicker things."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Detail:
    """What changes with the size of the picture.

    stroke: how thick lines are, times their usual width.
    eyes:   how large eyes are, times their usual size.
    fine:   0..1, how much is seen of what is small: gleams, cheeks, drops.
    """

    stroke: float
    eyes: float
    fine: float

    @classmethod
    def at(cls, size: int) -> Detail:
        """The detail of a picture of size x size pixels."""
        small, fine = ramp(size, 64, 14), ramp(size, 20, 44)
        return cls(stroke=1 + 1.1 * small, eyes=1 + 0.3 * small, fine=fine)


def ramp(value: float, low: float, high: float) -> float:
    """0 where value is low, 1 where it is high, and evenly in between; low may lie above high."""
    return min(max((value - low) / (high - low), 0), 1)
