"""Where a command writes: files, folders and standard output, checked before any work is done."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from smilecascade.cli.failures import TargetError
from smilecascade.cli.inputs import Task
from smilecascade.errors import VideoError

#: Suffixes that an annotated copy keeps; of other formats the copy is a PNG, which loses nothing.
KEPT_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


class Drawings:
    """The folder of annotated copies, and a name in it for each photo.

    A copy is called as its photo is; where two photos share a name, later ones get a number.
    """

    def __init__(self, folder: Path, photos: Iterable[Path]) -> None:
        """Make the folder. Raises TargetError where it cannot be written or holds the photos."""
        self.folder = folder
        self._taken: set[str] = set()
        require_folder(folder, "--draw")
        # A folder of 100,000 photos is resolved once.
        for photo in {photo.parent: photo for photo in reversed(list(photos))}.values():
            if photo.parent.resolve() == folder.resolve():
                raise TargetError(
                    f"{folder}: holds {photo.name}, which drawing would replace; give --draw another folder"
                )

    def path_for(self, photo: Path, suffix: str | None = None) -> Path:
        """Where the annotated copy of this photo goes; never the same place twice.

        suffix: that of its copy; None: its own, or that of a format which can be written.
        """
        suffix = suffix or (photo.suffix if photo.suffix.lower() in KEPT_SUFFIXES else ".png")
        name, number = f"{photo.stem}{suffix}", 1
        # Names that differ in case alone are the same file on some systems.
        while name.casefold() in self._taken:
            number += 1
            name = f"{photo.stem}-{number}{suffix}"
        self._taken.add(name.casefold())
        return self.folder / name


def with_drawings(tasks: Iterable[Task], folder: Path | None) -> list[Task]:
    """The tasks, each with the place of its annotated copy in this folder, if there is one.

    Places depend on all tasks in their order, so that they stay the same when a later run does
    what an earlier one has left. Raises TargetError as ``Drawings`` does.
    """
    tasks = list(tasks)
    if folder is None:
        return tasks
    drawings = Drawings(folder, [task.path for task in tasks if not task.trouble])
    return [replace(task, drawing=_drawing(task, drawings)) for task in tasks]


def _drawing(task: Task, drawings: Drawings) -> Path | None:
    if task.trouble:
        return None
    try:
        return drawings.path_for(task.path, _suffix_of_copy(task.path) if task.is_video else None)
    except (VideoError, ModuleNotFoundError):
        return None  # and what is wrong is told when it is looked at


def _suffix_of_copy(video: Path) -> str:
    # An extra, and slow to import: only who has videos needs it.
    from smilecascade.video import suffix_of_copy

    return suffix_of_copy(video)


def require_folder(folder: Path, option: str) -> None:
    """Make this folder where it is missing, and find out whether files can be written in it.

    Raises TargetError where they cannot; it names the option that gave the folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise TargetError(
            f"{folder}: cannot be written ({error.strerror}); give {option} another folder"
        ) from error


def require_file(path: Path) -> None:
    """Raise TargetError where this file could not be written: a folder, or in no writable folder."""
    if path.is_dir():
        raise TargetError(f"{path}: is a folder; give --out the name of a file")
    if not path.resolve().parent.is_dir():
        raise TargetError(f"{path}: its folder does not exist; create {path.parent} first")
    require_folder(path.resolve().parent, "--out")


def standard_output(encoding: str | None = None) -> TextIO:
    """Standard output, in this encoding (None: the terminal's), escaping what it cannot hold."""
    if sys.stdout is None:
        raise TargetError("standard output is closed; give --out a file")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    return sys.stdout
