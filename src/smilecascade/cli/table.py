"""The table that a person reads: a line a face, printed as the photos are done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from smilecascade.cli.failures import one_line
from smilecascade.export import FoundFaces, FoundFrame, Outcome, Unread, Write
from smilecascade.records import Face

#: Columns that a long path may take before the lines stop being aligned.
WIDEST_PATH = 80

_CELLS = "  {size:>11}  {faces:>5}  {score:>5}  {x1:>6} {y1:>6} {x2:>6} {y2:>6}"
_COLUMNS = ("size", "faces", "score", "x1", "y1", "x2", "y2")
_TITLES = {name: name for name in _COLUMNS}
_BLANK = dict.fromkeys(_COLUMNS, "")


@contextmanager
def table(stream: TextIO, paths: Iterable[str]) -> Iterator[Write]:
    """Write outcomes as an aligned table with a count at its end; no paths give no table at all.

    paths: all paths that will come, for the width of their column.
    """
    width = min(max((len(one_line(path)) for path in paths), default=0), WIDEST_PATH)
    if not width:
        yield lambda outcome: None
        return
    width, counts = max(width, len("photo")), Counts()

    def write(outcome: Outcome) -> None:
        counts.add(outcome)
        for line in _lines(outcome, width):
            _print(stream, line)

    _print(stream, f"{'photo':<{width}}{_CELLS.format(**_TITLES)}")
    yield write
    _print(stream, str(counts))


class Counts:
    """How many photos and frames were read, how many files were not, and how many faces there are."""

    def __init__(self) -> None:
        self.faces = self.photos = self.frames = self.unread = 0

    def add(self, outcome: Outcome) -> None:
        """Count this outcome."""
        if isinstance(outcome, Unread):
            self.unread += 1
            return
        self.photos += isinstance(outcome, FoundFaces)
        self.frames += isinstance(outcome, FoundFrame)
        self.faces += len(outcome.faces)

    def __str__(self) -> str:
        unread = f"; {self.unread} could not be read" if self.unread else ""
        frames = [_counted(self.frames, "frame")] if self.frames else []
        photos = [_counted(self.photos, "photo")] if self.photos or not frames else []
        return f"{_counted(self.faces, 'face')} in {' and '.join(photos + frames)}{unread}"


def _lines(outcome: Outcome, width: int) -> Iterator[str]:
    path = f"{one_line(outcome.path):<{width}}"
    if isinstance(outcome, Unread):
        yield f"{path}  {'not read':>11}"
        return
    first, *others = outcome.faces or (None,)
    yield path + _cells(first, _photo_cells(outcome))
    yield from (" " * width + _cells(face, {}) for face in others)


def _photo_cells(outcome: FoundFaces | FoundFrame) -> dict[str, str]:
    if isinstance(outcome, FoundFrame):
        size = f"frame {outcome.frame}"
    else:
        size = f"{outcome.width}x{outcome.height}"
    return {"size": size, "faces": str(len(outcome.faces))}


def _cells(face: Face | None, photo: dict[str, str]) -> str:
    if face is None:
        return _CELLS.format(**_BLANK | photo)
    corners = dict(zip(("x1", "y1", "x2", "y2"), (f"{value:.0f}" for value in face.box), strict=True))
    return _CELLS.format(**_BLANK | photo | corners | {"score": f"{face.score:.3f}"})


def _print(stream: TextIO, line: str) -> None:
    stream.write(line.rstrip() + "\n")
    stream.flush()


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
