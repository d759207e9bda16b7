"""Photos without faces: every photo in a folder and the folders below it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.records import AnnotatedPhoto

SUFFIXES = frozenset((".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"))


def read(root: Path) -> Iterator[AnnotatedPhoto]:
    """The photos by sorted path, each without faces; other files are passed over.

    A folder without photos gives nothing.
    """
    for path in sorted(root.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file():
            yield AnnotatedPhoto(path=path, name=path.relative_to(root).as_posix())
