"""What was found, as JSON: one object a photo, as lines or as an array, written as it comes.

A photo that was read gives ``{"path", "width", "height", "faces": [{"box", "score", "points"}]}``,
one that was not gives ``{"path", "error"}``. Nothing is collected: a million photos take no more
memory than one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Any, TextIO

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
class Unread:
    """A photo that could not be read, and why, in words that do not repeat the path."""

    path: str
    error: str


Outcome = FoundFaces | Unread

#: Takes one outcome and writes it.
Write = Callable[[Outcome], object]


def to_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain values for JSON; a photo without faces has an empty list of them."""
    if isinstance(outcome, Unread):
        return {"path": outcome.path, "error": outcome.error}
    return {
        "path": outcome.path,
        "width": outcome.width,
        "height": outcome.height,
        "faces": [face_to_json(face) for face in outcome.faces],
    }


def face_to_json(face: Face) -> dict[str, Any]:
    """A face as plain values: box and points in pixels to 2 decimals, score and probabilities to 6.

    What nobody asked for, the track of a face in a photo or its expression, is left out.
    """
    plain: dict[str, Any] = {"box": _rounded(face.box), "score": round(float(face.score), SCORE_DECIMALS)}
    plain["points"] = face.points and [_rounded(point) for point in face.points]
    if face.track is not None:
        plain["track"] = face.track
    if face.probabilities is not None:
        shares = {name: round(float(share), SCORE_DECIMALS) for name, share in face.probabilities.items()}
        plain |= {"expression": face.expression, "smiley": face.smiley, "probabilities": shares}
    return plain


@contextmanager
def json_lines(stream: TextIO) -> Iterator[Write]:
    """Write one object a line; each line is flushed, so that a reader of a pipe has it at once."""

    def write(outcome: Outcome) -> None:
        stream.write(_dumped(outcome) + "\n")
        stream.flush()

    yield write


@contextmanager
def json_array(stream: TextIO) -> Iterator[Write]:
    """Write one array, an object a line, as the outcomes come; none gives an empty array."""
    separators = chain(["\n"], repeat(",\n"))
    stream.write("[")
    yield lambda outcome: stream.write(next(separators) + _dumped(outcome))
    stream.write("\n]\n")


#: The formats by the suffix of the file that is written, in lower case.
FORMATS: dict[str, Callable[[TextIO], AbstractContextManager[Write]]] = {
    ".jsonl": json_lines,
    ".json": json_array,
}


@contextmanager
def open_export(path: Path) -> Iterator[Write]:
    """Write outcomes to a file in the format of its suffix, which is one of ``FORMATS``.

    The file is written to the side and put in its place when the block ends well; otherwise
    what was there before stays. Raises KeyError for another suffix, OSError where the file
    cannot be written.
    """
    as_format = FORMATS[path.suffix.lower()]
    with replacing(path) as stream, as_format(stream) as write:
        yield write


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A text file that is written to the side, and takes its place when the block ends well.

    A link stays a link: what it points at is replaced. Raises OSError.
    """
    final = path.resolve()
    partial = final.with_name(f".{final.name}.{os.getpid()}.partial")
    try:
        # A name that is not UTF-8 comes from the system with lone surrogates; as an escape
        # with a backslash each of them is valid JSON.
        with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            yield stream
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)


def _dumped(outcome: Outcome) -> str:
    return json.dumps(to_json(outcome), ensure_ascii=False, allow_nan=False)


def _rounded(values: tuple[float, ...]) -> list[float]:
    return [round(float(value), BOX_DECIMALS) for value in values]
