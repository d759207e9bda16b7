"""What was covered where, and when: one JSON document for a folder of covered copies."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smilecascade.errors import MaskError
from smilecascade.export import replacing
from smilecascade.geometry.boxes import Box
from smilecascade.mask.covers import Cover
from smilecascade.mask.timeline import Seen, Track

#: Version of the layout of the document.
FORMAT = 1

#: The document is written after each copy, unless writing it takes more than this share of the time.
_WRITING_SHARE = 0.05

Plain = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One covered copy.

    source, target: the photo or video as it was named, and its copy, relative to the folder of copies.
    settings: how it was made, as plain values. covers: of a photo; tracks: of a video, else None.
    shown: places of a photo that a person took a cover from.
    """

    source: str
    target: str
    settings: Mapping[str, Any]
    covers: tuple[Cover, ...] = ()
    tracks: tuple[Track, ...] | None = None
    shown: tuple[Box, ...] = ()


class Record:
    """The record of a folder of copies, on disk and in memory."""

    def __init__(self, path: Path) -> None:
        """Read what is there; without a file it is empty. Raises MaskError where it is none of ours."""
        self.path = path
        self._copies: dict[str, Copy] = {copy.target: copy for copy in _read(path)}
        self._saved_s, self._saving_s = 0.0, 0.0
        self._unsaved = False

    def get(self, target: str) -> Copy | None:
        """The copy of this name."""
        return self._copies.get(target)

    def add(self, copy: Copy) -> None:
        """Note a copy, in the place of an earlier one of its name."""
        self._copies[copy.target] = copy
        self._unsaved = True
        if time.monotonic() - self._saved_s > self._saving_s / _WRITING_SHARE:
            self.save()

    def save(self) -> None:
        """Write what is not written yet, to the side, and rename it. Raises OSError."""
        if self._unsaved:
            started_s = time.monotonic()
            _write(self.path, self._copies)
            self._saved_s = time.monotonic()
            self._saving_s = self._saved_s - started_s
            self._unsaved = False


def _write(path: Path, copies: Mapping[str, Copy]) -> None:
    with replacing(path) as stream:
        stream.write(f'{{"format": {FORMAT}, "copies": [')
        for number, target in enumerate(sorted(copies)):
            stream.write(",\n" if number else "\n")
            stream.write(json.dumps(to_json(copies[target]), ensure_ascii=False))
        stream.write("\n]}\n")


def _read(path: Path) -> list[Copy]:
    if not path.exists():
        return []
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["format"] != FORMAT:
            raise MaskError(f"{path}: is a record of format {document['format']}, expected {FORMAT}; {_MEND}")
        return [from_json(copy) for copy in document["copies"]]
    except OSError as error:
        raise MaskError(f"{path}: cannot be read ({error.strerror}); {_MEND}") from error
    # Whatever a file that is none of ours holds, it fails in one of these ways.
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MaskError(f"{path}: is no record of masking; {_MEND}") from error


_MEND = "move it away, or give --out another folder"


def to_json(copy: Copy) -> Plain:
    """A copy as plain values: boxes in pixels to 2 decimals, times in seconds to 3."""
    plain: Plain = {"source": copy.source, "target": copy.target, "settings": dict(copy.settings)}
    if copy.tracks is None:
        plain["covers"] = [_cover_to_json(cover) for cover in copy.covers]
        plain["shown"] = [_rounded(box) for box in copy.shown]
    else:
        plain["tracks"] = [_track_to_json(track) for track in copy.tracks]
    return plain


def from_json(plain: Plain) -> Copy:
    """The copy that ``to_json`` made these values of; expressions are not kept."""
    tracks = plain.get("tracks")
    return Copy(
        source=plain["source"],
        target=plain["target"],
        settings=dict(plain["settings"]),
        covers=tuple(_cover_from_json(cover) for cover in plain.get("covers", ())),
        tracks=None if tracks is None else tuple(_track_from_json(track) for track in tracks),
        shown=tuple((x1, y1, x2, y2) for x1, y1, x2, y2 in plain.get("shown", ())),
    )


def _cover_to_json(cover: Cover) -> Plain:
    score = None if cover.score is None else round(cover.score, 4)
    plain: Plain = {"box": _rounded(cover.box), "roll": round(cover.roll, 1), "score": score}
    if cover.expression:
        plain["expression"] = cover.expression.top
    return plain


def _cover_from_json(plain: Plain) -> Cover:
    x1, y1, x2, y2 = plain["box"]
    return Cover(box=(x1, y1, x2, y2), roll=plain["roll"], score=plain["score"])


def _track_to_json(track: Track) -> Plain:
    from_s, to_s = track.span_s
    return {
        "track": track.number,
        "from_s": round(from_s, 3),
        "to_s": round(to_s, 3),
        "hold_s": track.hold_s,
        "seen": [
            {"frame": one.frame, "time_s": round(one.time_s, 3), **_cover_to_json(one.cover)}
            for one in track.seen
        ],
    }


def _track_from_json(plain: Plain) -> Track:
    seen = [
        Seen(frame=one["frame"], time_s=one["time_s"], cover=_cover_from_json(one)) for one in plain["seen"]
    ]
    return Track(plain["track"], seen, hold_s=plain["hold_s"])


def _rounded(box: Box) -> list[float]:
    return [round(float(value), 2) for value in box]
