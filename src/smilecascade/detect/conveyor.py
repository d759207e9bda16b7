"""The conveyor: many photos on their way through the cascade, each stage a generator.

A net and an array have their price, for one window as for a batch. So between two stages windows of
several photos are collected until they fill a batch, and are then worked on together; photos leave
each stage in the order in which they came. A ``None`` among them is a flush: what waits for its
batch to fill goes on at once.

Source: "Deep learning in the garage: two networks", whose stages are generators, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from smilecascade.detect.cascade import Detector
from smilecascade.detect.level import Level
from smilecascade.detect.light import lit
from smilecascade.detect.lots import arranged, joined, parted
from smilecascade.detect.pyramid import Pyramid
from smilecascade.detect.turns import Turn
from smilecascade.images import check_rgb
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Candidates, Face

#: Gives one photo, RGB uint8 (H, W, 3), when it is called: reads a file, or just returns an array.
Source = Callable[[], Pixels]

#: Pixels of the photos in one run at which all of them go on: large photos fill batches by
#: themselves, and each of their pixels takes up to nine bytes.
MOST_PIXELS = 8_000_000


@dataclass(kw_only=True, eq=False)
class Job:
    """One photo on its way: what is known of it so far, and in the end its faces or an error.

    pixels: how many it has; None: nobody knows yet. image: the photo, where it is to be kept.
    """

    source: Source | None
    pixels: int | None = None
    height: int = 0
    width: int = 0
    image: Pixels | None = None
    photo: Mipmaps | None = None
    pyramid: Pyramid | None = None
    windows: Candidates = field(default_factory=Candidates.empty)
    faces: list[Face] = field(default_factory=list)
    error: Exception | None = None
    finished: bool = False

    def fail(self, error: Exception) -> None:
        """Nothing more is done for this photo."""
        self.error, self.pyramid, self.windows = error, None, Candidates.empty()

    def finish(self) -> Job:
        """Let go of all that was needed on the way."""
        self.source, self.photo, self.windows, self.finished = None, None, Candidates.empty(), True
        return self


#: Photos on their way, and flushes.
Jobs = Iterator[Job | None]

#: Works on photos together, and writes into their jobs what it finds.
Work = Callable[[Sequence[Job]], None]


class Conveyor:
    """The stages of a detector for many photos; threads share one, each with a run of its own.

    min_face, min_score: as for ``Detector.faces``. keep_images: jobs keep their photo. A run needs
    ``turn``, and passes it on while nets and files keep it waiting.
    """

    def __init__(
        self, detector: Detector, *, min_face: float, min_score: float | None, keep_images: bool = False
    ) -> None:
        self.turn = Turn()
        self._detector, self._min_face, self._keep_images = detector, min_face, keep_images
        self._first, *later = detector.levels_at(min_score)
        self._later = [replace(level, judge=self.turn.without(level.judge)) for level in later]
        aligner = detector.aligner
        self._aligner = aligner and replace(aligner, align=self.turn.without(aligner.align))

    def run(self, jobs: Jobs) -> Iterator[Job]:
        """The same jobs in the same order, finished; those before a flush before the next is taken."""
        spec = self._detector.spec
        passed = in_batches(self._laid_out(jobs), spec.scan_batch, self._scan, _pixels)
        for level in self._later:
            passed = in_batches(passed, level.spec.batch, partial(self._examine, level), _windows)
        passed = in_batches(passed, spec.align_batch, self._report, _windows)
        return (job.finish() for job in passed if job)

    def _laid_out(self, jobs: Jobs) -> Jobs:
        """Each photo read, and its pyramid laid out; too many pixels are followed by a flush."""
        pixels = 0
        for job in jobs:
            if job:
                attempt(self._lay_out, [job])
            yield job
            pixels = pixels + (job.pixels or 0) if job else 0
            if pixels >= MOST_PIXELS:
                yield None
                pixels = 0

    def _lay_out(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            assert job.source
            image = check_rgb(self.turn.without(job.source)())
            job.height, job.width = image.shape[:2]
            job.pixels, job.image = job.height * job.width, image if self._keep_images else None
            if image.size:
                job.photo = Mipmaps(lit(image))
                job.pyramid = Pyramid.of(job.photo, self._first.spec, self._detector.spec, self._min_face)

    def _scan(self, jobs: Sequence[Job]) -> None:
        pyramids = [job.pyramid for job in jobs if job.pyramid]
        said = self.turn.without(self._first.judge_pyramids)(pyramids)
        _hand_out(self._first.scan_lot(pyramids, said), jobs)
        for job in jobs:
            job.pyramid = None

    def _examine(self, level: Level, jobs: Sequence[Job]) -> None:
        _hand_out(level.examine_lot(_photos(jobs), _lot(jobs)), jobs)

    def _report(self, jobs: Sequence[Job]) -> None:
        lot = arranged(self._detector.over_everything(_lot(jobs)))
        if self._aligner:
            lot = self._aligner.aligned_lot(_photos(jobs), lot)
        for job, found in zip(jobs, parted(lot, len(jobs)), strict=True):
            job.faces = self._detector.reported(found)


def in_batches(jobs: Jobs, size: int, work: Work, count: Callable[[Job], int]) -> Jobs:
    """Photos, worked on together once they are enough by count, or a flush or the end comes."""
    waiting: list[Job | None] = []
    missing = size
    for job in jobs:
        waiting.append(job)
        missing -= count(job) if job else size
        if missing <= 0:
            yield from _worked_on(waiting, work, count)
            waiting, missing = [], size
    yield from _worked_on(waiting, work, count)


def _worked_on(jobs: Sequence[Job | None], work: Work, count: Callable[[Job], int]) -> Sequence[Job | None]:
    concerned = [job for job in jobs if job and count(job)]
    if concerned:
        attempt(work, concerned)
    return jobs


def _pixels(job: Job) -> int:
    return job.pixels or 0 if job.pyramid else 0


def _windows(job: Job) -> int:
    return len(job.windows)


def attempt(work: Work, jobs: Sequence[Job]) -> None:
    """Work on these photos, at least one, together; if that fails, on each alone: whose error is it?"""
    try:
        work(jobs)
    except Exception as error:
        if len(jobs) == 1:
            jobs[0].fail(error)
            return
        for job in jobs:
            attempt(work, [job])


def _photos(jobs: Sequence[Job]) -> list[Mipmaps]:
    return [job.photo for job in jobs if job.photo]


def _lot(jobs: Sequence[Job]) -> Candidates:
    return joined([job.windows for job in jobs])


def _hand_out(lot: Candidates, jobs: Sequence[Job]) -> None:
    for job, windows in zip(jobs, parted(lot, len(jobs)), strict=True):
        job.windows = windows
