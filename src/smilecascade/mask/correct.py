"""Corrections carried out: covers and tracks added and taken away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smilecascade.errors import MaskError
from smilecascade.geometry.boxes import Box, iou
from smilecascade.mask.covers import Cover
from smilecascade.mask.record import Copy
from smilecascade.mask.review import Corrections, Place
from smilecascade.mask.timeline import Seen, Track

#: A box means the cover that it overlaps most, from this IoU on.
_SAME_IOU = 0.3


def corrected(copy: Copy, corrections: Corrections) -> Copy:
    """The same copy with these corrections.

    Raises MaskError where there is no such cover or track, and where a time is missing or too much.
    """
    taken = [_nearest(copy, box) for box in corrections.remove]
    lost = [_numbered(copy, number) for number in corrections.remove_tracks]
    kept = tuple(cover for cover in copy.covers if cover not in taken)
    tracks = tuple(track for track in copy.tracks if track not in lost)
    changed = replace(
        copy,
        covers=kept,
        shown=(*copy.shown, *taken),
        tracks=tracks,
        shown_tracks=(*copy.shown_tracks, *lost),
    )
    for place in corrections.add:
        cover, track = _named(changed, place)
        changed = replace(changed, covers=(*changed.covers, *cover), tracks=(*changed.tracks, *track))
    for place in corrections.leave:
        cover, track = _named(changed, place)
        changed = replace(
            changed, shown=(*changed.shown, *cover), shown_tracks=(*changed.shown_tracks, *track)
        )
    return changed


def _named(copy: Copy, place: Place) -> tuple[list[Cover], list[Track]]:
    """A place as a cover of a photo, or as a track of a video."""
    cover = Cover(box=place.box, roll=place.roll)
    if copy.duration_s is None:
        if place.span_s is not None:
            raise MaskError(f"{copy.source}: the review gives times to a box in a photo; leave them out")
        return [cover], []
    if place.span_s is None:
        raise MaskError(f"{copy.source}: the review names a box in a video; say from_s and to_s, too")
    number = 1 + max((track.number for track in (*copy.tracks, *copy.shown_tracks)), default=0)
    seen = [Seen(frame=None, time_s=time_s, cover=cover) for time_s in sorted(set(place.span_s))]
    return [], [Track(number, seen, hold_s=0)]


def _nearest(copy: Copy, box: Box) -> Cover:
    boxes = np.array([cover.box for cover in copy.covers], np.float32).reshape(-1, 4)
    overlaps = iou(np.array([box], np.float32), boxes)[0]
    if overlaps.max(initial=0) < _SAME_IOU:
        raise MaskError(
            f"{copy.source}: the review removes {list(box)}, where no cover lies; take boxes of the record"
        )
    return copy.covers[int(overlaps.argmax())]


def _numbered(copy: Copy, number: int) -> Track:
    for track in copy.tracks:
        if track.number == number:
            return track
    known = ", ".join(str(track.number) for track in copy.tracks) or "none"
    raise MaskError(f"{copy.source}: the review removes track {number}, which it has not (it has: {known})")
