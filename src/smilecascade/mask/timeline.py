"""Where faces are covered in a video at any moment: between two sightings too, and a moment beyond them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smilecascade.express import EMOTIONS, Expression
from smilecascade.mask.covers import Cover
from smilecascade.mask.routes import Route

_Floats = NDArray[np.float64]

#: Seconds that a face stays covered before its first sighting and after its last.
HOLD_S = 0.5

#: How much larger a cover grows in a second out of sight, and at most: faces do not move evenly.
_GROWTH_PER_S, _MOST_GROWTH = 1.0, 0.5

#: Seconds over which what a smiley shows is a mean of: expressions of single frames flicker.
_MOOD_S = 0.4


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A face seen at this time of a video, and the cover that it wants there.

    frame: in which, from 0; None where a person said so.
    """

    frame: int | None
    time_s: float
    cover: Cover


class Track:
    """A face that was followed through a video: its sightings, at least one, in order of time.

    number: that of the track, by which a person may speak of it. hold_s: how long it stays covered
    before and after.
    """

    def __init__(self, number: int, seen: Sequence[Seen], *, hold_s: float = HOLD_S) -> None:
        self.number, self.seen, self.hold_s = number, tuple(seen), hold_s
        self._times = np.array([one.time_s for one in seen])
        self._route = Route(self._times, np.array([_place(one.cover) for one in seen]))
        self._moods = _moods(seen, self._times)

    @property
    def score(self) -> float | None:
        """The best score of its sightings; None where a person added it."""
        scores = [one.cover.score for one in self.seen if one.cover.score is not None]
        return max(scores, default=None)

    @property
    def span_s(self) -> tuple[float, float]:
        """From when to when it is covered, seconds of the video."""
        return max(0.0, float(self._times[0]) - self.hold_s), float(self._times[-1]) + self.hold_s

    def at(self, time_s: float) -> Cover | None:
        """What covers it at this time; None before and after."""
        first_s, last_s = self.span_s
        if not first_s <= time_s <= last_s:
            return None
        x, y, width, height, cos, sin = self._route.at(time_s).tolist()
        growth = self._growth_at(time_s)
        half_width, half_height = growth * width / 2, growth * height / 2
        return Cover(
            box=(x - half_width, y - half_height, x + half_width, y + half_height),
            roll=float(np.degrees(np.arctan2(sin, cos))),
            score=self.score,
            expression=self._mood_at(time_s),
        )

    def _growth_at(self, time_s: float) -> float:
        if self.score is None:
            return 1.0
        return 1 + min(_MOST_GROWTH, _GROWTH_PER_S * self._route.away_s(time_s))

    def _mood_at(self, time_s: float) -> Expression | None:
        if self._moods is None:
            return None
        times, shares = self._moods
        mood = np.array([np.interp(time_s, times, share) for share in shares.T])
        return Expression(probabilities=dict(zip(EMOTIONS, (mood / mood.sum()).tolist(), strict=True)))


def covers_at(tracks: Sequence[Track], time_s: float) -> list[Cover]:
    """What is covered at this time of a video."""
    covers = (track.at(time_s) for track in tracks)
    return [cover for cover in covers if cover is not None]


def _place(cover: Cover) -> tuple[float, ...]:
    """Middle, size and direction of a cover: what is between two of them is a mean of these."""
    x1, y1, x2, y2 = cover.box
    angle = np.radians(cover.roll)
    return (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, float(np.cos(angle)), float(np.sin(angle))


def _moods(seen: Sequence[Seen], times: _Floats) -> tuple[_Floats, _Floats] | None:
    """Times and probabilities (N, 8) of what the face shows, each a mean over a moment; None if unknown."""
    known = [index for index, one in enumerate(seen) if one.cover.expression]
    if not known:
        return None
    shares = np.array([_shares(seen[index].cover.expression) for index in known])
    times = times[known]
    first, after = (np.searchsorted(times, times + shift) for shift in (-_MOOD_S / 2, _MOOD_S / 2 + 1e-9))
    sums = np.concatenate([np.zeros((1, shares.shape[1])), np.cumsum(shares, axis=0)])
    return times, (sums[after] - sums[first]) / (after - first)[:, None]


def _shares(expression: Expression | None) -> list[float]:
    assert expression is not None
    return list(expression.probabilities.values())
