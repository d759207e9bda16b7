"""From the paths of the command line to the photos and videos that they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from smilecascade.cli.failures import one_line
from smilecascade.cli.progress import patiently
from smilecascade.errors import ImageError, SmilecascadeError
from smilecascade.images import PHOTO_SUFFIXES, find_photos

#: What is taken for a video by its name.
VIDEO_SUFFIXES = (
    *(
        ".3g2",
        ".3gp",
        ".asf",
        ".avi",
        ".flv",
        ".m2ts",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpeg",
        ".mpg",
        ".mts",
    ),
    *(".mxf", ".ogv", ".ts", ".vob", ".webm", ".wmv"),
)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to look at.

    path:    as the results name it. trouble: why there is nothing to look at, or None.
    drawing: where its annotated copy goes, or None.
    """

    path: Path
    trouble: str | None = None
    drawing: Path | None = None

    @property
    def is_video(self) -> bool:
        """Whether its name says that it is a video."""
        return self.path.suffix.lower() in VIDEO_SUFFIXES


def find_inputs(paths: Iterable[Path], drawn: Path | None) -> Iterator[Task]:
    """The photos and videos that the paths name, and the photos that their folders hold, in order.

    A folder that cannot be listed gives a task with its trouble, and the rest goes on. Copies that
    an earlier run has put into ``drawn`` are not taken for photos of a folder around it. A folder
    without photos gives a warning on standard error and nothing else.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, drawn)
        else:
            yield Task(path)


def without(tasks: Iterable[Task], done: Counter[str]) -> Iterator[Task]:
    """The tasks that are not done yet; a path that was given twice is done when it was done twice."""
    left = done.copy()
    for task in tasks:
        left[str(task.path)] -= 1
        if left[str(task.path)] < 0:
            yield task


def reason(error: SmilecascadeError, path: Path) -> str:
    """What is wrong with a photo or video, without the path that the message begins with."""
    return str(error).removeprefix(f"{path}: ")


def _in_folder(folder: Path, drawn: Path | None) -> Iterator[Task]:
    try:
        with patiently(f"looking for photos in {folder} ..."):
            photos = _without_copies(find_photos(folder), folder, drawn)
    except ImageError as error:
        yield Task(folder, reason(error, folder))
        return
    if not photos:
        suffixes = " ".join(sorted(PHOTO_SUFFIXES))
        click.echo(one_line(f"warning: {folder}: no photos in this folder (looked for {suffixes})"), err=True)
    yield from map(Task, photos)


def _without_copies(photos: list[Path], folder: Path, drawn: Path | None) -> list[Path]:
    copies = drawn and drawn.resolve()
    if copies is None or folder.resolve() not in copies.parents:
        return photos
    return [photo for photo in photos if copies not in photo.resolve().parents]
