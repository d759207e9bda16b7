"""Masking one photo or video after the other: found, corrected, covered, written, recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from smilecascade.cli.copies import Job
from smilecascade.cli.failures import TargetError, describe, one_line
from smilecascade.cli.inputs import reason
from smilecascade.cli.progress import Progress
from smilecascade.errors import ImageError, SmilecascadeError, VideoError
from smilecascade.mask import (
    Copy,
    Corrections,
    Masker,
    Record,
    Watched,
    corrected,
    read_photo,
    style_of,
    watch,
    write_photo,
    write_video,
)
from smilecascade.mipmaps import Pixels

#: What a record notes of how a copy was made, and a later run need not share.
_INCIDENTAL = "version"


@dataclass(kw_only=True)
class Masking:
    """A run of ``mask``: how, where to, what is known already, and who is told.

    settings: how copies are made, as the record notes it. kept: whether copies that are recorded, there,
    and made so, are left as they are. review: corrections by source. unread: what was not read, so far.
    """

    masker: Masker
    out: Path
    record: Record
    settings: Mapping[str, Any]
    kept: bool
    review: Mapping[str, Corrections]
    progress: Progress
    threads: int | None = None
    debug: bool = False
    unread: int = 0
    done: list[Copy] = field(default_factory=list)

    def __call__(self, jobs: Sequence[Job]) -> None:
        """Do all of them, and record them whatever happens.

        Raises TargetError and OSError where a copy cannot be written, MaskError where a review is wrong.
        """
        try:
            for job in jobs:
                self._try(job)
                self.progress.advance()
        finally:
            self.record.save()

    def _try(self, job: Job) -> None:
        try:
            self._do(job)
        except (ImageError, VideoError) as error:
            self._tell(job, reason(error, job.source))
        except (TargetError, SmilecascadeError, OSError):
            raise
        except Exception as error:
            if self.debug:
                raise
            self._tell(job, describe(error))

    def _do(self, job: Job) -> None:
        if job.task.trouble:
            raise ImageError(job.task.trouble)
        known = self.record.of(job.target, job.source) if (self.out / job.target).exists() else None
        corrections = self.review.get(str(job.source))
        if known and self._stays(known, corrections):
            self.done.append(known)
            return
        (self.out / job.target).parent.mkdir(parents=True, exist_ok=True)
        make = self._video if job.task.is_video else self._photo
        make(job, known if self.review else None, corrections or Corrections())

    def _stays(self, known: Copy, corrections: Corrections | None) -> bool:
        """Whether a copy need not be made again: a review changes what it names, and nothing else."""
        if self.review:
            return corrections is None
        wanted = {key: value for key, value in self.settings.items() if key != _INCIDENTAL}
        return self.kept and wanted.items() <= known.settings.items()

    def _photo(self, job: Job, known: Copy | None, corrections: Corrections) -> None:
        image = read_photo(job.source)
        copy = corrected(known or self._found(job, image), corrections)
        try:
            write_photo(image, copy.covers, style_of(copy), self.out / copy.target)
        except ImageError as error:
            raise TargetError(str(error)) from error
        self._note(copy)

    def _found(self, job: Job, image: Pixels) -> Copy:
        return Copy(
            source=str(job.source),
            target=job.target,
            width=image.shape[1],
            height=image.shape[0],
            settings=self.settings,
            covers=tuple(self.masker.covers(image)),
        )

    def _video(self, job: Job, known: Copy | None, corrections: Corrections) -> None:
        trouble = None
        if known is None:
            watched = watch(job.source, self.masker, self.progress.pass_frame, threads=self.threads)
            known, trouble = self._followed(job, watched), watched.trouble
        copy = corrected(known, corrections)
        write_video(
            job.source,
            self.out / copy.target,
            copy.tracks,
            style_of(copy),
            step=partial(self.progress.pass_frame, drawn=True),
            threads=self.threads,
        )
        self._note(copy)
        if trouble:
            raise VideoError(trouble)

    def _followed(self, job: Job, watched: Watched) -> Copy:
        return Copy(
            source=str(job.source),
            target=job.target,
            width=watched.width,
            height=watched.height,
            settings=self.settings,
            duration_s=watched.duration_s,
            tracks=watched.tracks,
        )

    def _note(self, copy: Copy) -> None:
        self.record.add(copy)
        self.done.append(copy)

    def _tell(self, job: Job, error: str) -> None:
        self.unread += 1
        self.progress.say(f"error: {one_line(str(job.source))}: {one_line(error)}")
