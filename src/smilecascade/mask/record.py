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
from smilecascade.express import EMOTIONS, Expression
from smilecascade.mask.covers import Cover
from smilecascade.mask.styles import STYLES
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
    width, height: its size in pixels. settings: how it was made, as plain values.
    duration_s: how long a video lasts; None: it is a photo.
    covers: of a photo; tracks: of a video. shown, shown_tracks: those that a person wants to be seen.
    """

    source: str
    target: str
    width: int
    height: int
    settings: Mapping[str, Any]
    duration_s: float | None = None
    covers: tuple[Cover, ...] = ()
    shown: tuple[Cover, ...] = ()
    tracks: tuple[Track, ...] = ()
    shown_tracks: tuple[Track, ...] = ()


class Record:
    """The record of a folder of copies, on disk and in memory."""

    def __init__(self, path: Path) -> None:
        """Read what is there; without a file it is empty. Raises MaskError where it is none of ours."""
        self.path = path
        self._copies: dict[str, Copy] = {copy.target: copy for copy in _read(path)}
        self._saved_s, self._saving_s = 0.0, 0.0
        self._unsaved = False

    def of(self, target: str, source: Path) -> Copy | None:
        """The copy of this name, if it is of this photo or video, as it was named."""
        copy = self._copies.get(target)
        return copy if copy and copy.source == str(source) else None

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
    return {
        **{name: getattr(copy, name) for name in _FACTS},
        **{name: [_cover_to_json(cover) for cover in getattr(copy, name)] for name in _COVERS},
        **{name: [_track_to_json(track) for track in getattr(copy, name)] for name in _TRACKS},
    }


def from_json(plain: Plain) -> Copy:
    """The copy that ``to_json`` made these values of."""
    if plain["settings"]["with"] not in STYLES:
        raise ValueError(f"expected a way of covering, got {plain['settings']['with']!r}")
    parts: Plain = {name: plain[name] for name in _FACTS}
    parts |= {name: tuple(map(_cover_from_json, plain[name])) for name in _COVERS}
    parts |= {name: tuple(map(_track_from_json, plain[name])) for name in _TRACKS}
    return Copy(**parts)


_FACTS = ("source", "target", "width", "height", "duration_s", "settings")
_COVERS, _TRACKS = ("covers", "shown"), ("tracks", "shown_tracks")


def _cover_to_json(cover: Cover) -> Plain:
    score = None if cover.score is None else round(cover.score, 4)
    box = [round(float(value), 2) for value in cover.box]
    plain: Plain = {"box": box, "roll": round(cover.roll, 1), "score": score}
    if cover.expression:
        shares = {name: round(share, 4) for name, share in cover.expression.probabilities.items()}
        plain["expression"] = {name: share for name, share in shares.items() if share}
    return plain


def _cover_from_json(plain: Plain) -> Cover:
    x1, y1, x2, y2 = plain["box"]
    shares = plain.get("expression")
    expression = Expression(probabilities=dict.fromkeys(EMOTIONS, 0.0) | shares) if shares else None
    return Cover(box=(x1, y1, x2, y2), roll=plain["roll"], score=plain["score"], expression=expression)


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
