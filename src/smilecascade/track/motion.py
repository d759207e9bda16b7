"""Where a face will be: on from where it was last seen, as it has moved of late."""

from __future__ import annotations

from math import exp

import numpy as np
from numpy.typing import NDArray

from smilecascade.geometry.boxes import Box

#: Of centre x, centre y, width and height, in pixels a second: (4,).
Velocity = NDArray[np.float64]

#: Of what nothing is known.
STILL: Velocity = np.zeros(4)

#: Seconds of movement that the velocity is a mean of: jitter of single boxes would send a face away.
MEMORY_S = 0.15

#: A face that is not seen goes on for so many seconds, slowing down, and not for ever.
COASTING_S = 0.4

#: Two frames are never nearer than this: broken videos have frames at one time.
_LEAST_S = 1e-3


class Motion:
    """A box that moves and grows, seen now and then."""

    def __init__(self, box: Box, time_s: float, guess: Velocity) -> None:
        """Seen for the first time: it moves as ``guess`` says, for all that is known."""
        self._place, self._time_s = _place(box), time_s
        self._guess = guess
        self.velocity: Velocity | None = None

    def see(self, box: Box, time_s: float) -> None:
        """It was seen here."""
        elapsed_s = max(_LEAST_S, time_s - self._time_s)
        place = _place(box)
        velocity = (place - self._place) / elapsed_s
        if self.velocity is not None:
            velocity += exp(-elapsed_s / MEMORY_S) * (self.velocity - velocity)
        self._place, self._time_s, self.velocity = place, time_s, velocity

    def at(self, time_s: float) -> NDArray[np.float64]:
        """Where it is expected, as xyxy."""
        elapsed_s = max(0.0, time_s - self._time_s)
        ahead_s = COASTING_S * (1 - exp(-elapsed_s / COASTING_S))
        velocity = self._guess if self.velocity is None else self.velocity
        x, y, width, height = self._place + ahead_s * velocity
        # A face that came nearer or went away does not turn into a point, or fill the world.
        width, height = np.clip((width, height), self._place[2:] / 2, self._place[2:] * 2)
        return np.array((x - width / 2, y - height / 2, x + width / 2, y + height / 2))


def _place(box: Box) -> NDArray[np.float64]:
    x1, y1, x2, y2 = box
    return np.array(((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1))
