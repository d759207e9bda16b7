"""Covered videos looked at again: what remains, and tracks that are too short or too weak to be sure of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from smilecascade.errors import VideoError
from smilecascade.mask.audit import is_below, place, style_of
from smilecascade.mask.covers import Cover
from smilecascade.mask.film import TURNS, Step, watch
from smilecascade.mask.findings import Finding, Kind, is_under, picture_of
from smilecascade.mask.masker import Masker
from smilecascade.mask.record import Copy
from smilecascade.mask.timeline import Seen, Track, covers_at

#: A track whose first and last sightings are nearer than this, in seconds, is shown to a person.
SHORT_S = 0.25

#: Seconds that one box of a correction lasts: a face that moves has several.
_PIECE_S = 0.5

#: Seconds that it begins early and ends late: times are written to a hundredth.
_EARLY_S = 0.05


class _Shot(NamedTuple):
    """A finding that waits for its picture, and where that is to be taken."""

    seen: Seen
    finding: Finding


def audit_video(
    copy: Copy, target: Path, masker: Masker, step: Step, threads: int | None = None
) -> list[Finding]:
    """What a person should look at in the copy ``target`` of a video.

    masker: how it is searched, with ``audit_search``. Each frame is looked at in another way than when
    it was covered. Raises VideoError where the copy cannot be read; of a source that is not there any
    more only the pictures are missing.
    """
    watched = watch(target, masker, step, turns=TURNS[::-1], threads=threads)
    remaining = [shot for track in watched.tracks for shot in _remaining(copy, track, masker)]
    doubtful = [shot for track in copy.tracks for shot in _doubtful(copy, track, masker)]
    return [*_pictured(target, remaining, threads), *_pictured(Path(copy.source), doubtful, threads)]


def _remaining(copy: Copy, track: Track, masker: Masker) -> Iterator[_Shot]:
    """A face of the copy, if it can be seen at any time."""
    style = style_of(copy)
    uncovered = [
        seen
        for seen in track.seen
        if not is_under(
            seen.cover,
            [style.outline(cover) for cover in covers_at((*copy.tracks, *copy.shown_tracks), seen.time_s)],
        )
    ]
    if uncovered:
        best = max(uncovered, key=_score)
        finding = _finding(copy, best, _score(best), uncovered[0].time_s, uncovered[-1].time_s)
        sure = _score(best) >= masker.own_score
        yield _Shot(
            best,
            replace(finding, kind=Kind.REMAINS if sure else Kind.WEAK, places=tuple(_pieces(uncovered))),
        )


def _doubtful(copy: Copy, track: Track, masker: Masker) -> Iterator[_Shot]:
    """A track that was covered, and was short or weak."""
    if track.score is None:
        return
    first_s, last_s = track.seen[0].time_s, track.seen[-1].time_s
    weak = is_below(track.score, masker.own_score)
    if weak or last_s - first_s < SHORT_S:
        best = max(track.seen, key=_score)
        finding = _finding(copy, best, track.score, first_s, last_s)
        kind = Kind.UNSURE if weak else Kind.SHORT
        yield _Shot(best, replace(finding, kind=kind, removals=({"track": track.number},)))


def _finding(copy: Copy, seen: Seen, score: float, from_s: float, to_s: float) -> Finding:
    where = f"{from_s:.2f} s" if from_s == to_s else f"{from_s:.2f} to {to_s:.2f} s"
    return Finding(kind=Kind.WEAK, source=copy.source, score=score, where=where, picture=b"")


def _score(seen: Seen) -> float:
    return seen.cover.score or 0.0


def _pieces(seen: Sequence[Seen]) -> Iterator[dict[str, Any]]:
    """Boxes that hold a moving face, one after the other, each until the next one does."""
    pieces = [list(group) for _, group in groupby(seen, key=lambda one: int(one.time_s // _PIECE_S))]
    for piece, following in zip(pieces, [*pieces[1:], []], strict=True):
        held = [*piece, *following[:1]]
        boxes = np.array([one.cover.box for one in held])
        hull = (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
        from_s, to_s = max(0.0, held[0].time_s - _EARLY_S), held[-1].time_s + _EARLY_S
        yield place(
            Cover(box=hull, roll=held[len(held) // 2].cover.roll),
            from_s=round(from_s, 2),
            to_s=round(to_s, 2),
        )


def _pictured(path: Path, shots: Sequence[_Shot], threads: int | None) -> list[Finding]:
    """The findings with pictures out of the frames of a video; without any, where it cannot be read."""
    from smilecascade.video import open_video

    wanted: defaultdict[int | None, list[int]] = defaultdict(list)
    for index, shot in enumerate(shots):
        wanted[shot.seen.frame].append(index)
    pictures: dict[int, bytes] = {}
    try:
        with open_video(path, threads=threads) as video:
            for frame in video.frames() if wanted else ():
                for index in wanted.get(frame.number, ()):
                    pictures[index] = picture_of(frame.pixels(), shots[index].seen.cover)
    except VideoError:
        pass
    return [replace(shot.finding, picture=pictures.get(index, b"")) for index, shot in enumerate(shots)]
