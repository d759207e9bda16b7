"""Cascade: photo → faces. What a program that uses the library talks to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from numbers import Real
from pathlib import Path

from smilecascade.bundle import Bundle, open_bundle
from smilecascade.detect.cascade import Detector, Stage
from smilecascade.images import check_rgb
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face

#: Side of the smallest square that can be searched, pixels: below it there is no face to see, and
#: a photo would be enlarged without bound.
LEAST_FACE = 8

#: More threads than any processor has cores: a wrong argument, and one that would hang a machine.
MAX_THREADS = 1024


class Cascade:
    """A face detector: a bundle of trained weights, ready to look at photos.

    One instance may be shared by threads, and pickles as its bundle's path.
    """

    def __init__(self, path: str | Path | None = None, *, threads: int | None = None) -> None:
        """Load a bundle; see ``load``."""
        whole = isinstance(threads, int) and not isinstance(threads, bool)
        if threads is not None and (not whole or not 1 <= threads <= MAX_THREADS):
            raise ValueError(f"threads: expected a whole number from 1 to {MAX_THREADS}, got {threads!r}")
        # Absolute, since a process that unpickles may work in another folder.
        self._path, self._threads = None if path is None else Path(path).absolute(), threads
        self.bundle: Bundle = open_bundle(self._path)
        self._detector = Detector(self.bundle, threads)

    def detect(self, image: Pixels, *, min_face: float = 40, min_score: float | None = None) -> list[Face]:
        """The faces in a photo, best first; an image of zero area has none.

        image: RGB uint8 (H, W, 3), upright. min_face: side in pixels of the smallest square
        searched (a face's box is 0.87 of it wide and 1.15 high). min_score: the least score
        reported, 0..1; None takes the bundle's own, lower finds more faces and more that
        are none. Raises TypeError or ValueError for anything else.
        """
        pixels, smallest, score = _checked(image, min_face, min_score)
        return self._detector.faces(pixels, min_face=smallest, min_score=score)

    def detect_many(
        self, images: Iterable[Pixels], *, min_face: float = 40, min_score: float | None = None
    ) -> Iterator[list[Face]]:
        """The faces of each photo in turn; images of any sizes, taken one at a time."""
        for image in images:
            yield self.detect(image, min_face=min_face, min_score=min_score)

    def trace(self, image: Pixels, *, min_face: float = 40, min_score: float | None = None) -> list[Stage]:
        """What every step of every level did to the windows of a photo, in order."""
        pixels, smallest, score = _checked(image, min_face, min_score)
        stages: list[Stage] = []
        self._detector.windows(pixels, min_face=smallest, min_score=score, watch=stages.append)
        return stages

    def __repr__(self) -> str:
        return f"Cascade({str(self.bundle.path)!r}, {self.bundle.digest[:12]})"

    def __reduce__(self) -> tuple[object, ...]:
        return (_reload, (self._path, self._threads))


def load(path: str | Path | None = None, *, threads: int | None = None) -> Cascade:
    """Load a detector: the shipped bundle, or the one in the folder ``path``.

    threads: cores used for one photo; None: all. Raises BundleError where the bundle is
    missing or does not match its hashes.
    """
    return Cascade(path, threads=threads)


def _reload(path: Path | None, threads: int | None) -> Cascade:
    return Cascade(path, threads=threads)


def _checked(image: Pixels, min_face: float, min_score: float | None) -> tuple[Pixels, float, float | None]:
    pixels = check_rgb(image)
    if not _is_number(min_face) or not min_face >= LEAST_FACE:
        raise ValueError(f"min_face: expected a number of pixels from {LEAST_FACE} up, got {min_face!r}")
    if min_score is not None and (not _is_number(min_score) or not 0 <= min_score <= 1):
        raise ValueError(f"min_score: expected a number from 0 to 1 or None, got {min_score!r}")
    return pixels, float(min_face), None if min_score is None else float(min_score)


def _is_number(value: object) -> bool:
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return isfinite(value)
    except OverflowError:
        return False
