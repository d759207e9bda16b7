"""From the paths of the command line to the photos that they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from smilecascade.cli.failures import one_line
from smilecascade.errors import ImageError
from smilecascade.export import Unread
from smilecascade.images import PHOTO_SUFFIXES, find_photos

VIDEO_SUFFIXES = (".avi", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".webm", ".wmv")


def find_inputs(paths: Iterable[Path], drawn: Path | None) -> Iterator[Path | Unread]:
    """The photos that the paths name and that their folders hold, in order.

    A path that names neither gives an ``Unread`` in its place, and the rest goes on. Copies that
    an earlier run has put into ``drawn`` are not taken for photos of a folder around it. A folder
    without photos gives a warning on standard error and nothing else.
    """
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path, drawn)
        elif path.suffix.lower() in VIDEO_SUFFIXES:
            yield Unread(path=str(path), error="videos cannot be read yet; give photos or folders of photos")
        else:
            yield path


def reason(error: ImageError, path: Path) -> str:
    """What is wrong with a photo, without the path that the message begins with."""
    return str(error).removeprefix(f"{path}: ")


def _in_folder(folder: Path, drawn: Path | None) -> Iterator[Path | Unread]:
    try:
        photos = find_photos(folder)
    except ImageError as error:
        yield Unread(path=str(folder), error=reason(error, folder))
        return
    photos = [photo for photo in photos if not _is_drawn_copy(photo, folder, drawn)]
    if not photos:
        suffixes = " ".join(sorted(PHOTO_SUFFIXES))
        click.echo(one_line(f"warning: {folder}: no photos in this folder (looked for {suffixes})"), err=True)
    yield from photos


def _is_drawn_copy(photo: Path, folder: Path, drawn: Path | None) -> bool:
    if drawn is None or drawn.resolve() not in photo.resolve().parents:
        return False
    return folder.resolve() in drawn.resolve().parents
