"""What becomes of a photo, a frame of a video, or a file that cannot be read; and all three as JSON.

A photo that was read gives ``{"path", "width", "height", "faces": [{"box", "score", "points"}]}``,
a frame of a video ``{"path", "frame", "time_s", "faces"}``, what was not read ``{"path", "error"}``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from smilecascade.records import Face

#: A hundredth of a pixel, and a millionth of a score: float32 holds no more that means anything.
BOX_DECIMALS = 2
SCORE_DECIMALS = 6


@dataclass(frozen=True, kw_only=True)
class FoundFaces:
    """A photo that was read: its upright size in pixels and its faces, best first; none is ()."""

    path: str
    width: int
    height: int
    faces: tuple[Face, ...]


@dataclass(frozen=True, kw_only=True)
class FoundFrame:
    """A frame of a video: its number, from 0, its time in seconds, and its faces, best first.

    length: how many frames the video has by its own account, or None; for a bar, and not written.
    """

    path: str
    frame: int
    time_s: float
    faces: tuple[Face, ...]
    length: int | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A photo or video that could not be read, and why, in words that do not repeat the path."""

    path: str
    error: str


Outcome = FoundFaces | FoundFrame | Unread

#: Takes one outcome and writes it.
Write = Callable[[Outcome], object]

#: An outcome as plain values: what a line of JSON holds.
Plain = dict[str, Any]


def to_json(outcome: Outcome) -> Plain:
    """An outcome as plain values for JSON; a photo without faces has an empty list of them."""
    if isinstance(outcome, Unread):
        return {"path": outcome.path, "error": outcome.error}
    faces = [face_to_json(face) for face in outcome.faces]
    if isinstance(outcome, FoundFrame):
        faces = [{**plain, "track": face.track} for plain, face in zip(faces, outcome.faces, strict=True)]
        return {"path": outcome.path, "frame": outcome.frame, "time_s": outcome.time_s, "faces": faces}
    return {"path": outcome.path, "width": outcome.width, "height": outcome.height, "faces": faces}


def face_to_json(face: Face) -> Plain:
    """A face as plain values: box and points in pixels to 2 decimals, score and probabilities to 6.

    What nobody asked for, the track of a face in a photo or its expression, is left out; in a frame
    of a video, a face that was seen too shortly to be followed has the track None.
    """
    plain: Plain = {"box": _rounded(face.box), "score": round(float(face.score), SCORE_DECIMALS)}
    plain["points"] = face.points and [_rounded(point) for point in face.points]
    if face.track is not None:
        plain["track"] = face.track
    if face.probabilities is not None:
        shares = {name: round(float(share), SCORE_DECIMALS) for name, share in face.probabilities.items()}
        plain |= {"expression": face.expression, "smiley": face.smiley, "probabilities": shares}
    return plain


def _rounded(values: tuple[float, ...]) -> list[float]:
    return [round(float(value), BOX_DECIMALS) for value in values]
