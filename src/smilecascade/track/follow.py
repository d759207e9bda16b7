"""Following faces: each look at a video matched with the faces that are being followed.

As in ByteTrack (Zhang et al., arXiv 2110.06864): first the sure faces are matched with where the
followed ones are expected, then the unsure ones with those left over, so that a face that is turned
away or blurred for a moment is not lost; only sure faces begin a track. Boxes are enlarged before
they are compared, the more the longer a face was not seen (buffered IoU: Yang et al., arXiv 2211.14317).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from smilecascade.geometry.boxes import FloatArray, iou
from smilecascade.records import Face
from smilecascade.track.assign import assigned
from smilecascade.track.motion import STILL, Motion, Velocity


@dataclass(frozen=True, kw_only=True)
class FollowSpec:
    """How faces are followed.

    sure_score:   least score of a face that begins a track; what is below only continues one.
    memory_s:     seconds that a followed face may be out of sight and keep its number: a head that
                  turns away, a hand that passes by.
    doubt_s:      the same before it is known that it is a face at all; false alarms last for a frame.
    sightings:    so many sure sightings make a track, or two that lie ``apart_s`` apart, where few
                  frames are looked at.
    apart_s:      see there.
    reach:        boxes are enlarged by so many of their sides before they are compared: faces move.
    reach_per_s:  and by so many more for each second out of sight,
    most_reach:   up to this, or a neighbour would be taken for the face.
    least_iou:    of enlarged boxes that may be one face; ``least_iou_unsure``: of an unsure face.
    """

    sure_score: float
    memory_s: float = 1.0
    doubt_s: float = 0.25
    sightings: int = 3
    apart_s: float = 0.1
    reach: float = 0.25
    reach_per_s: float = 0.5
    most_reach: float = 0.75
    least_iou: float = 0.3
    least_iou_unsure: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One look at a video: the frame's number and time, and the faces in it."""

    frame: int
    time_s: float
    faces: tuple[Face, ...]


def follow(sights: Iterable[Sight], spec: FollowSpec) -> Iterator[Sight]:
    """The same looks, in order, with the number of its track for each face.

    Numbers count from 1 as tracks prove true, and no two faces of a look share one. A look is handed
    on once it is known which of its faces are followed, a fraction of a second of video later. Sure
    faces that never were have no number; unsure ones that continue no track are left out.
    """
    follower, waiting = _Follower(spec), deque[tuple[Sight, list[_Track | None]]]()
    for sight in sights:
        waiting.append((sight, follower.look(sight)))
        while waiting and not any(track and track.open for track in waiting[0][1]):
            yield _numbered(*waiting.popleft(), spec)
    for sight, tracks in waiting:
        yield _numbered(sight, tracks, spec)


def _numbered(sight: Sight, tracks: Sequence[_Track | None], spec: FollowSpec) -> Sight:
    numbers = [track.number if track else None for track in tracks]
    faces = [
        replace(face, track=number)
        for face, number in zip(sight.faces, numbers, strict=True)
        if number is not None or face.score >= spec.sure_score
    ]
    return replace(sight, faces=tuple(faces))


class _Track:
    """A face that is followed; without a number until it has proved true."""

    def __init__(self, face: Face, time_s: float, guess: Velocity) -> None:
        self.motion = Motion(face.box, time_s, guess)
        self.first_s = self.last_s = time_s
        self.sightings, self.lost = 1, False
        self.number: int | None = None

    @property
    def open(self) -> bool:
        """Whether it is not known yet if it proves true."""
        return self.number is None and not self.lost

    def see(self, face: Face, time_s: float) -> None:
        self.motion.see(face.box, time_s)
        self.last_s = time_s
        self.sightings += 1


class _Follower:
    """The tracks at one moment of a video."""

    def __init__(self, spec: FollowSpec) -> None:
        self._spec = spec
        self._tracks: list[_Track] = []
        self._numbers = count(1)

    def look(self, sight: Sight) -> list[_Track | None]:
        """The track of each face of this look; None for the unsure faces that continue none."""
        sure = np.array([face.score >= self._spec.sure_score for face in sight.faces], np.bool_)
        tracks: list[_Track | None] = [None] * len(sight.faces)
        self._match(sight, np.flatnonzero(sure), self._tracks, self._spec.least_iou, tracks)
        proved = [track for track in self._tracks if track.number is not None]
        self._match(sight, np.flatnonzero(~sure), proved, self._spec.least_iou_unsure, tracks)
        drift = _drift(track for track in tracks if track)
        for index in np.flatnonzero(sure):
            if tracks[index] is None:
                tracks[index] = _Track(sight.faces[index], sight.time_s, drift)
        self._tracks += [track for track in tracks if track and track not in self._tracks]
        self._settle(sight.time_s)
        return tracks

    def _match(
        self,
        sight: Sight,
        indices: NDArray[np.intp],
        candidates: Sequence[_Track],
        least_iou: float,
        tracks: list[_Track | None],
    ) -> None:
        """Give these faces to those of the candidates that are not seen yet."""
        free = [track for track in candidates if track not in tracks]
        boxes = np.array([sight.faces[index].box for index in indices], np.float32).reshape(-1, 4)
        overlaps = np.array([self._overlaps(track, boxes, sight.time_s) for track in free])
        overlaps = overlaps.reshape(len(free), len(boxes))
        for row, column in assigned(np.where(overlaps >= least_iou, overlaps, 0)):
            face = sight.faces[indices[column]]
            free[row].see(face, sight.time_s)
            tracks[indices[column]] = free[row]

    def _overlaps(self, track: _Track, boxes: FloatArray, time_s: float) -> FloatArray:
        """Of where a track is expected with (N, 4) boxes: (N,)."""
        spec = self._spec
        reach = min(spec.most_reach, spec.reach + spec.reach_per_s * (time_s - track.last_s))
        expected = np.array([track.motion.at(time_s)], np.float32)
        (overlaps,) = iou(_enlarged(expected, reach), _enlarged(boxes, reach))
        return np.asarray(overlaps)

    def _settle(self, time_s: float) -> None:
        """Give numbers to the tracks that have proved true, and lose those that are out of sight."""
        for track in self._tracks:
            apart = track.sightings > 1 and track.last_s - track.first_s >= self._spec.apart_s
            if track.number is None and (apart or track.sightings >= self._spec.sightings):
                track.number = next(self._numbers)
            memory_s = self._spec.doubt_s if track.number is None else self._spec.memory_s
            track.lost = time_s - track.last_s > memory_s
        self._tracks = [track for track in self._tracks if not track.lost]


def _drift(tracks: Iterable[_Track]) -> Velocity:
    """How most of the faces move, which is how the camera turns: a new one will move with them."""
    velocities = [track.motion.velocity for track in tracks if track.motion.velocity is not None]
    return np.median(velocities, axis=0) if velocities else STILL


def _enlarged(boxes: FloatArray, reach: float) -> FloatArray:
    """(N, 4) boxes, larger by so many of their sides on every edge."""
    size = (boxes[:, 2:] - boxes[:, :2]) * np.float32(reach)
    return np.concatenate([boxes[:, :2] - size, boxes[:, 2:] + size], axis=1)
