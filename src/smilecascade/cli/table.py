"""The table that a person reads: a line a face, printed as the photos and videos are done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO

from smilecascade.cli.failures import one_line
from smilecascade.cli.sightings import Sightings
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
    printed = _Table(stream, max(width, len("photo")))
    yield printed.write
    printed.end()


class _Table:
    """The lines of the table, and what they come to."""

    def __init__(self, stream: TextIO, width: int) -> None:
        self._stream, self._width = stream, width
        self._counts = Counts()
        self._video: Sightings | None = None
        self._print(f"{'photo':<{width}}{_CELLS.format(**_TITLES)}")

    def write(self, outcome: Outcome) -> None:
        """Print a photo at once; a video as a whole, when what comes is of it no longer."""
        if isinstance(outcome, FoundFrame):
            if self._video is None or not self._video.goes_on(outcome):
                self._end_video()
                self._video = Sightings(outcome.path)
            self._video.add(outcome)
            return
        broken_off = isinstance(outcome, Unread) and self._video and self._video.path == outcome.path
        self._end_video()
        self._counts.add(outcome)
        if isinstance(outcome, Unread):
            self._print(f"{self._path(outcome)}  {'not all read' if broken_off else 'not read':>11}")
        else:
            first, *others = outcome.faces or (None,)
            self._print(self._path(outcome) + _cells(first, _photo_cells(outcome)))
            for face in others:
                self._print(" " * self._width + _cells(face, {}))

    def end(self) -> None:
        """Print what is left, and the sum."""
        self._end_video()
        self._print(str(self._counts))

    def _end_video(self) -> None:
        video, self._video = self._video, None
        if video:
            self._counts.add_video(video)
            cells = {"size": _counted(video.frames, "frame"), "faces": str(video.faces)}
            self._print(self._path(video) + _cells(None, cells))
            for line in video.lines():
                self._print(line)

    def _path(self, named: Outcome | Sightings) -> str:
        return f"{one_line(named.path):<{self._width}}"

    def _print(self, line: str) -> None:
        self._stream.write(line.rstrip() + "\n")
        self._stream.flush()


class Counts:
    """How many photos and videos were read, how many were not, and how many faces there are."""

    def __init__(self) -> None:
        self.faces = self.photos = self.videos = self.unread = 0

    def add(self, outcome: FoundFaces | Unread) -> None:
        """Count this photo, or what could not be read."""
        if isinstance(outcome, Unread):
            self.unread += 1
            return
        self.photos += 1
        self.faces += len(outcome.faces)

    def add_video(self, video: Sightings) -> None:
        """Count this video, and each of its faces once."""
        self.videos += 1
        self.faces += video.faces

    def __str__(self) -> str:
        unread = f"; {self.unread} could not be read" if self.unread else ""
        videos = [_counted(self.videos, "video")] if self.videos else []
        photos = [_counted(self.photos, "photo")] if self.photos or not videos else []
        return f"{_counted(self.faces, 'face')} in {' and '.join(photos + videos)}{unread}"


def _photo_cells(outcome: FoundFaces) -> dict[str, str]:
    return {"size": f"{outcome.width}x{outcome.height}", "faces": str(len(outcome.faces))}


def _cells(face: Face | None, photo: dict[str, str]) -> str:
    if face is None:
        return _CELLS.format(**_BLANK | photo)
    corners = dict(zip(("x1", "y1", "x2", "y2"), (f"{value:.0f}" for value in face.box), strict=True))
    return _CELLS.format(**_BLANK | photo | corners | {"score": f"{face.score:.3f}"})


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
