"""Corrections carried out: covers and tracks added and taken away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from smilecascade.errors import MaskError
from smilecascade.geometry.boxes import Box, iou
from smilecascade.mask.covers import Cover
from smilecascade.mask.record import Copy
from smilecascade.mask.review import Addition, Corrections
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
    for addition in corrections.add:
        changed = _with(changed, addition)
    return changed


def _with(copy: Copy, addition: Addition) -> Copy:
    cover = Cover(box=addition.box, roll=addition.roll)
    if copy.duration_s is None:
        if addition.span_s is not None:
            raise MaskError(f"{copy.source}: the review gives times to a box in a photo; leave them out")
        return replace(copy, covers=(*copy.covers, cover))
    if addition.span_s is None:
        raise MaskError(f"{copy.source}: the review adds a box to a video; say from_s and to_s, too")
    number = 1 + max((track.number for track in (*copy.tracks, *copy.shown_tracks)), default=0)
    seen = [Seen(frame=-1, time_s=time_s, cover=cover) for time_s in sorted(set(addition.span_s))]
    return replace(copy, tracks=(*copy.tracks, Track(number, seen, hold_s=0)))


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
