"""The route of a face through a video, between its sightings and a little beyond them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]

#: Seconds of its way from which it is told how a face moves, and for which it goes on so.
_DRIFT_S = 0.2

#: Sightings nearer than this, in seconds, are joined by straight lines, and steady each other.
_NEAR_S = 0.1

#: In a longer gap it is not the speed before and after that says where a face was.
_CURVED_S = 0.6


class Route:
    """Places seen at some times: x, y, and further values that go with them.

    times: (N,) seconds, ascending, N at least 1. places: (N, V).
    """

    def __init__(self, times: _Floats, places: _Floats) -> None:
        self._times, self._places = times, _steadied(places, times)

    def at(self, time_s: float) -> _Floats:
        """The place at this time: (V,). Across a gap a face goes on as it came, and comes as it goes on."""
        times = self._times
        place = np.array([np.interp(time_s, times, column) for column in self._places.T])
        after = int(np.searchsorted(times, time_s))
        if time_s < times[0]:
            place[:2] += max(time_s - times[0], -_DRIFT_S) * self._drift(times[0], times[0] + _DRIFT_S)
        elif time_s > times[-1]:
            place[:2] += min(time_s - times[-1], _DRIFT_S) * self._drift(times[-1] - _DRIFT_S, times[-1])
        elif after > 0 and times[after] - times[after - 1] > _NEAR_S:
            place[:2] = self._curve(after - 1, time_s)
        return place

    def away_s(self, time_s: float) -> float:
        """How far the nearest sighting is, seconds."""
        return float(np.abs(self._times - time_s).min())

    def _curve(self, before: int, time_s: float) -> _Floats:
        """x and y between two sightings, on the cubic that begins and ends as the face moves there."""
        start, end = self._times[before], self._times[before + 1]
        first, last = self._places[before, :2], self._places[before + 1, :2]
        gap_s, share = end - start, (time_s - start) / (end - start)
        straight = last - first
        # By how much it would miss the other sighting, had it gone on from the one as it moved there.
        away = gap_s * self._drift(start - _DRIFT_S, start) - straight if start > self._times[0] else 0
        back = gap_s * self._drift(end, end + _DRIFT_S) - straight if end < self._times[-1] else 0
        bend = share * (1 - share) * ((1 - share) * away - share * back)
        place: _Floats = first + share * straight + min(1, _CURVED_S / gap_s) * bend
        return place

    def _drift(self, from_s: float, to_s: float) -> _Floats:
        """How it moves between these times, as far as it was seen, pixels a second in x and y."""
        from_s, to_s = np.clip((from_s, to_s), self._times[0], self._times[-1])
        if to_s == from_s:
            return np.zeros(2)
        way = [np.diff(np.interp((from_s, to_s), self._times, column))[0] for column in self._places.T[:2]]
        return np.array(way) / (to_s - from_s)


def _steadied(places: _Floats, times: _Floats) -> _Floats:
    """A quarter of the place before, half of its own, a quarter of the one after, where they are near.

    Only sightings that lie evenly: a moving face would be pulled to where it was seen more often.
    """
    steadied = places.copy()
    before, after = np.diff(times)[:-1], np.diff(times)[1:]
    even = (np.maximum(before, after) <= _NEAR_S) & (np.abs(before - after) < 0.25 * before)
    inner = steadied[1:-1]
    inner[even] = (places[1:-1] / 2 + (places[:-2] + places[2:]) / 4)[even]
    return steadied
