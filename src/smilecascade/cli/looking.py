"""Looking at photos and videos, one process's worth of it: from tasks to outcomes, in order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Protocol

import smilecascade
from smilecascade.analyze import Cascade, Searched
from smilecascade.cli.failures import describe
from smilecascade.cli.inputs import Task, reason
from smilecascade.cli.videos import Copy, Reel, look_through
from smilecascade.draw import draw_faces
from smilecascade.errors import ImageError, SmilecascadeError
from smilecascade.export import FoundFaces, Outcome, Unread
from smilecascade.images import read, save
from smilecascade.mipmaps import Pixels


class Sink(Protocol):
    """Whoever is told what was found: all outcomes of a task, then that it is finished."""

    def write(self, outcome: Outcome, /) -> None:
        """Take one outcome."""

    def drawn(self, frame: int, length: int | None, /) -> None:
        """Know that this frame of a video's copy, of about so many, is written; only for a bar."""

    def finished(self) -> None:
        """Know that nothing more comes of this task; the next outcome is of the next one."""


class Look(Protocol):
    """Looks at tasks in their order and tells a sink what was found."""

    def __call__(self, tasks: Sequence[Task], sink: Sink, /) -> None:
        """Look at all of them."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """How to search; travels to other processes, and each of them loads the weights once.

    every: of a video every how manyth frame. debug: an error of the program itself ends everything,
    instead of costing one photo.
    """

    bundle: Path | None = None
    threads: int | None = None
    min_face: float
    min_score: float | None = None
    every: int = 1
    debug: bool = False

    def open(self) -> Looking:
        """Load the weights. Raises BundleError."""
        return Looking(self, smilecascade.load(self.bundle, threads=self.threads))


class Looking:
    """A search with its weights loaded: a ``Look``."""

    def __init__(self, search: Search, cascade: Cascade) -> None:
        self.search, self.cascade = search, cascade
        self._reel = Reel(
            every=search.every, threads=search.threads, min_face=search.min_face, min_score=search.min_score
        )

    def __call__(self, tasks: Sequence[Task], sink: Sink) -> None:
        """Look at photos on the conveyor and at videos one by one; annotated copies are written, too.

        What cannot be read or searched is an ``Unread``. Raises ImageError or OSError where a copy
        cannot be written.
        """
        for are_videos, some in groupby(tasks, attrgetter("is_video")):
            (self._look_through if are_videos else self._look_at)(list(some), sink)

    def _look_through(self, videos: Sequence[Task], sink: Sink) -> None:
        for task in videos:
            copy = Copy(path=task.drawing, drawn=sink.drawn) if task.drawing else None
            for outcome in look_through(task.path, self.cascade, self._reel, copy, self._told):
                sink.write(outcome)
            sink.finished()

    def _look_at(self, tasks: Sequence[Task], sink: Sink) -> None:
        results = self.cascade.detect_each(
            (partial(_source, task) for task in tasks),
            min_face=self.search.min_face,
            min_score=self.search.min_score,
            keep_images=any(task.drawing for task in tasks),
        )
        with closing(results):
            for task, result in zip(tasks, results, strict=True):
                sink.write(self._outcome(task, result))
                sink.finished()

    def _outcome(self, task: Task, result: Searched | Exception) -> Outcome:
        if isinstance(result, Exception):
            return Unread(path=str(task.path), error=self._told(result, task.path))
        if task.drawing:
            assert result.image is not None
            save(draw_faces(result.image, result.faces), task.drawing)
        faces = tuple(result.faces)
        return FoundFaces(path=str(task.path), width=result.width, height=result.height, faces=faces)

    def _told(self, error: Exception, path: Path) -> str:
        if isinstance(error, SmilecascadeError):
            return reason(error, path)
        if self.search.debug:
            raise error
        return describe(error)


def _source(task: Task) -> Pixels:
    if task.trouble:
        raise ImageError(task.trouble)
    return read(task.path)
