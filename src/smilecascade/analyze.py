"""Cascade: photo → faces. What a program that uses the library talks to."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from math import isfinite
from numbers import Real
from pathlib import Path

import numpy as np

from smilecascade.bundle import Bundle, open_bundle
from smilecascade.detect.cascade import Detector, Stage
from smilecascade.detect.conveyor import Conveyor, Job, Source
from smilecascade.detect.crew import cores, crew_size, in_order
from smilecascade.express.classify import Classifier, open_classifier, with_expressions
from smilecascade.images import check_rgb
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Face

__all__ = ["LEAST_FACE", "MAX_THREADS", "Cascade", "Searched", "Source", "cores", "load"]

#: Side of the smallest square that can be searched, pixels: below it there is no face to see, and
#: a photo would be enlarged without bound.
LEAST_FACE = 8

#: More threads than any processor has cores: a wrong argument, and one that would hang a machine.
MAX_THREADS = 1024


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What was found in one photo: its size in pixels, its faces, best first, and itself if wanted."""

    height: int
    width: int
    faces: list[Face]
    image: Pixels | None = None


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
        self._conveyed_by: Detector | None = None
        self._classifier: Classifier | None = None  # detection alone does without

    def detect(self, image: Pixels, *, min_face: float = 40, min_score: float | None = None) -> list[Face]:
        """The faces in a photo, best first; an image of zero area has none.

        image: RGB uint8 (H, W, 3), upright. min_face: side in pixels of the smallest square
        searched (a face's box is 0.87 of it wide and 1.15 high). min_score: the least score
        reported, 0..1; None takes the bundle's own, lower finds more faces and more that
        are none. Raises TypeError or ValueError for anything else.
        """
        pixels, smallest, score = _checked(image, min_face, min_score)
        return self._detector.faces(pixels, min_face=smallest, min_score=score)

    def analyze(self, image: Pixels, *, min_face: float = 40, min_score: float | None = None) -> list[Face]:
        """The faces of ``detect``, each with ``expression``, ``probabilities`` and ``smiley``.

        BundleError where the bundle says nothing of expressions.
        """
        faces = self.detect(image, min_face=min_face, min_score=min_score)
        if self._classifier is None:
            self._classifier = open_classifier(self.bundle, self._threads)
        return with_expressions(self._classifier, Mipmaps(image), faces) if faces else []

    def detect_many(
        self, images: Iterable[Pixels], *, min_face: float = 40, min_score: float | None = None
    ) -> Generator[list[Face], None, None]:
        """The faces of each photo in turn, as ``detect`` finds them: a generator; images of any sizes.

        Windows of several photos share batches, and with more than one thread photos are worked on side
        by side. Images are taken in the caller's thread as results are asked for, at most 32 a thread
        ahead of them, fewer where they are large. Boxes and points are those of ``detect`` to a
        thousandth of a pixel, scores to 1e-5: sums of a batch may differ in their last bit. A window
        whose score or overlap lies so close to a threshold may fall on its other side.

        What is no photo raises TypeError or ValueError in its place, which ends the generator
        (``detect_each`` goes on), and so does what ``images`` raises. A generator that is closed or let
        go leaves no thread behind. Raises ValueError for a wrong ``min_face`` or ``min_score`` at once.
        """
        jobs = (Job(source=partial(_itself, image), pixels=_pixels(image)) for image in images)
        return _faces(self._conveyed(jobs, min_face, min_score))

    def detect_each(
        self,
        sources: Iterable[Source],
        *,
        min_face: float = 40,
        min_score: float | None = None,
        keep_images: bool = False,
    ) -> Generator[Searched | Exception, None, None]:
        """What is found in the photo of each source, in order, or why that photo could not be searched.

        As ``detect_many``, but a source is called in the conveyor's threads, so that reading and searching
        overlap, and an exception that it raises (an ImageError of ``images.read``, say), or that a wrong
        image raises, is the result of this photo alone. keep_images: results hold their photo, too.
        """
        jobs = (Job(source=source) for source in sources)
        return _results(self._conveyed(jobs, min_face, min_score, keep_images))

    def _conveyed(
        self, jobs: Iterable[Job], min_face: float, min_score: float | None, keep_images: bool = False
    ) -> Generator[Job, None, None]:
        smallest, score = _checked_search(min_face, min_score)
        conveyor = Conveyor(
            self._one_thread_detector(), min_face=smallest, min_score=score, keep_images=keep_images
        )
        return in_order(jobs, conveyor, crew_size(self._threads))

    def _one_thread_detector(self) -> Detector:
        """Photos side by side leave a net no second core; made when first wanted, and kept."""
        if self._conveyed_by is None:
            self._conveyed_by = self._detector if self._threads == 1 else Detector(self.bundle, 1)
        return self._conveyed_by

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


def _itself(image: Pixels) -> Pixels:
    return image


def _pixels(image: Pixels) -> int | None:
    return image.size // 3 if isinstance(image, np.ndarray) else None


def _faces(jobs: Generator[Job, None, None]) -> Generator[list[Face], None, None]:
    with closing(jobs):
        for job in jobs:
            if job.error:
                raise job.error
            yield job.faces


def _results(jobs: Generator[Job, None, None]) -> Generator[Searched | Exception, None, None]:
    with closing(jobs):
        for job in jobs:
            yield job.error or Searched(height=job.height, width=job.width, faces=job.faces, image=job.image)


def _checked(image: Pixels, min_face: float, min_score: float | None) -> tuple[Pixels, float, float | None]:
    return check_rgb(image), *_checked_search(min_face, min_score)


def _checked_search(min_face: float, min_score: float | None) -> tuple[float, float | None]:
    if not _is_number(min_face) or not min_face >= LEAST_FACE:
        raise ValueError(f"min_face: expected a number of pixels from {LEAST_FACE} up, got {min_face!r}")
    if min_score is not None and (not _is_number(min_score) or not 0 <= min_score <= 1):
        raise ValueError(f"min_score: expected a number from 0 to 1 or None, got {min_score!r}")
    return float(min_face), None if min_score is None else float(min_score)


def _is_number(value: object) -> bool:
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return isfinite(value)
    except OverflowError:
        return False
