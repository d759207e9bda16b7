"""Training photos that cannot be read: each costs itself alone, and how many they are is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import getLogger

from smilecascade import images
from smilecascade.errors import ImageError
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto

#: A photo to its pixels, RGB uint8 (H, W, 3), or to None where it cannot be read.
Read = Callable[[AnnotatedPhoto], Pixels | None]


@contextmanager
def reading() -> Iterator[Read]:
    """A function that reads photos; in the end it is logged how many could not be read, and why the first."""
    failures: list[str] = []

    def read(photo: AnnotatedPhoto) -> Pixels | None:
        try:
            return images.read(photo.path)
        except ImageError as error:
            failures.append(str(error))
            return None

    yield read
    if failures:
        photos = "1 photo" if len(failures) == 1 else f"{len(failures)} photos"
        getLogger(__name__).warning("%s could not be read, the first: %s", photos, failures[0])
