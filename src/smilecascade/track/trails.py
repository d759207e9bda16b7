"""Where every followed face was at any frame of a video, between its sightings too."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from smilecascade.geometry.boxes import Box
from smilecascade.records import Face


class Trails:
    """The ways that faces took through a video; 24 bytes a sighting."""

    def __init__(self) -> None:
        self._trails: dict[int, _Trail] = {}

    def add(self, frame: int, faces: Iterable[Face]) -> None:
        """What was seen in this frame, which comes after those before; faces without a track leave none."""
        for face in faces:
            if face.track is not None:
                self._trails.setdefault(face.track, _Trail()).add(frame, face.box)

    def at(self, frame: int) -> dict[int, Box]:
        """The box of each track at this frame, by its number, from its first sighting to its last.

        Between two sightings it lies on the way from one to the other. Boxes are smoothed lightly, by
        the sightings before and after, since those of single frames tremble.
        """
        return {number: trail.at(frame) for number, trail in self._trails.items() if trail.covers(frame)}


class _Trail:
    """The sightings of one face."""

    def __init__(self) -> None:
        self._frames, self._boxes = array("q"), array("f")

    def add(self, frame: int, box: Box) -> None:
        self._frames.append(frame)
        self._boxes.extend(box)

    def covers(self, frame: int) -> bool:
        return self._frames[0] <= frame <= self._frames[-1]

    def at(self, frame: int) -> Box:
        index = bisect_right(self._frames, frame) - 1
        start, box = self._frames[index], self._smooth(index)
        if start < frame:
            share = (frame - start) / (self._frames[index + 1] - start)
            box += share * (self._smooth(index + 1) - box)
        x1, y1, x2, y2 = box.tolist()
        return (x1, y1, x2, y2)

    def _smooth(self, index: int) -> NDArray[np.float64]:
        """A quarter of the box before, half of its own, a quarter of the one after; ends stay as they are.

        Three sightings that are not evenly spaced would pull a moving box to where it was longer.
        """
        box = self._box(index)
        if not 0 < index < len(self._frames) - 1:
            return box
        before, now, after = self._frames[index - 1 : index + 2]
        if after - now != now - before:
            return box
        return box / 2 + (self._box(index - 1) + self._box(index + 1)) / 4

    def _box(self, index: int) -> NDArray[np.float64]:
        return np.array(self._boxes[4 * index : 4 * index + 4], np.float64)
