"""What a face shows: the eight expressions of FER+ and what is seen beside them.

An expression is a picture of a muscle movement; it says nothing about what a person feels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

#: The expressions in the order of the FER+ votes, which is the order of the network's outputs.
EMOTIONS = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")

#: How far the probabilities may add up to something else than 1: they come from float32.
_TOLERANCE = 1e-3


@dataclass(frozen=True, kw_only=True)
class Expression:
    """What one face shows. Left and right are the viewer's.

    probabilities: how likely each of ``EMOTIONS`` is, by name; 0..1, together 1. Copied, in the
                   order of ``EMOTIONS``.
    smile:         0..1, how likely the face smiles; None where nobody asked.
    mouth_open:    0..1, how likely the mouth is open; None where nobody asked.
    eyes_closed:   how likely the left and the right eye is closed, 0..1 each; None where nobody asked
                   or the eyes could not be found.
    Raises ValueError, naming the field, for a value out of its range.
    """

    probabilities: Mapping[str, float] = field(hash=False)
    smile: float | None = None
    mouth_open: float | None = None
    eyes_closed: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if set(self.probabilities) != set(EMOTIONS):
            raise ValueError(f"probabilities: expected {', '.join(EMOTIONS)}, got {list(self.probabilities)}")
        ordered = {name: float(self.probabilities[name]) for name in EMOTIONS}
        for name, value in {**ordered, **self._findings()}.items():
            if not 0 <= value <= 1:
                raise ValueError(f"{name}: expected a number in 0..1, got {value}")
        if not math.isclose(sum(ordered.values()), 1, abs_tol=_TOLERANCE):
            raise ValueError(f"probabilities: expected a sum of 1, got {sum(ordered.values())}")
        object.__setattr__(self, "probabilities", ordered)

    @classmethod
    def of(
        cls,
        smile: float | None = None,
        mouth_open: float | None = None,
        eyes_closed: tuple[float, float] | None = None,
        **shares: float,
    ) -> Expression:
        """An expression that shows these, by name, and is neutral for the rest: ``of(happiness=0.5)``."""
        neutral = {"neutral": max(1 - sum(shares.values()), 0.0)}
        return cls(
            probabilities=dict.fromkeys(EMOTIONS, 0.0) | neutral | shares,
            smile=smile,
            mouth_open=mouth_open,
            eyes_closed=eyes_closed,
        )

    @property
    def top(self) -> str:
        """The likeliest expression; of equals the first in the order of ``EMOTIONS``."""
        return max(EMOTIONS, key=self.probabilities.__getitem__)

    def _findings(self) -> dict[str, float]:
        left, right = self.eyes_closed or (None, None)
        named = {"smile": self.smile, "mouth_open": self.mouth_open, "left eye": left, "right eye": right}
        return {name: value for name, value in named.items() if value is not None}
