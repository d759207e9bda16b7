"""Somebody's own labels in the text format of WIDER FACE (see ``datasets.wider``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.datasets.lines import Line, Lines
from smilecascade.datasets.marks import Listed, Mark, Report
from smilecascade.errors import DatasetError

#: Numbers of a face: x, y, width, height, and if the six attributes follow, the fourth of them
#: says that the face is invalid.
_NUMBERS, _INVALID = (4, 10), 7

_FACE = "x, y, width, height, alone or with the 6 attributes of WIDER FACE"


def listed(path: Path, report: Report) -> list[Listed]:
    """The photos of a list in its order, each with its faces.

    Broken lines of faces are reported and left out; a line of zeros after a photo without faces is
    passed over. DatasetError where the list cannot be followed any further: a number of
    faces that is none, or too few lines.
    """
    lines = Lines(path)
    return [_photo(line, lines, report) for line in lines]


def _photo(line: Line, lines: Lines, report: Report) -> Listed:
    count = lines.take("the number of faces").count("the number of faces")
    faces = [lines.take(_FACE) for _ in range(count)]
    following = lines.peek()
    if count == 0 and following is not None and set(following.text.split()) == {"0"}:
        next(lines)
    return Listed(where=_where(line), name=line.text, marks=tuple(_marks(faces, report)))


def _marks(lines: list[Line], report: Report) -> Iterator[Mark]:
    for line in lines:
        try:
            yield _mark(line)
        except DatasetError as error:
            report(error)


def _mark(line: Line) -> Mark:
    words = line.text.split()
    if len(words) not in _NUMBERS:
        raise line.error(_FACE, f"{len(words)} words: {line.text!r}")
    x, y, width, height, *others = (line.value(word, _FACE) for word in words)
    return Mark(
        where=_where(line),
        written=line.text,
        box=(x, y, x + width, y + height),
        ignored=bool(others and others[_INVALID - 4]),
    )


def _where(line: Line) -> str:
    return f"{line.path}:{line.number}"
