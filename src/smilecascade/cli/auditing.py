"""Looking at covered copies again, and the page about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from smilecascade.analyze import Cascade
from smilecascade.cli.failures import one_line
from smilecascade.cli.inputs import reason
from smilecascade.cli.progress import Progress
from smilecascade.errors import ImageError, VideoError
from smilecascade.mask import (
    STYLES,
    Auditor,
    Copy,
    Finding,
    Masker,
    audit_search,
    audit_video,
)


@dataclass(kw_only=True)
class Auditing:
    """An audit: which folder of copies, how it is searched, and who is told. unread: copies, so far."""

    cascade: Cascade
    out: Path
    min_face: float
    progress: Progress
    threads: int | None = None
    unread: int = 0

    def __call__(self, copies: Sequence[Copy]) -> list[Finding]:
        """What a person should look at in these copies, in their order."""
        findings: list[Finding] = []
        for copy in copies:
            try:
                findings += self._of(copy)
            except (ImageError, VideoError) as error:
                self.unread += 1
                target = self.out / copy.target
                self.progress.say(f"error: {one_line(str(target))}: {one_line(reason(error, target))}")
            self.progress.advance()
        return findings

    def _of(self, copy: Copy) -> list[Finding]:
        if copy.duration_s is None:
            return Auditor(cascade=self.cascade, folder=self.out, min_face=self.min_face).photo(copy)
        masker = Masker(cascade=self.cascade, style=STYLES["solid"], search=audit_search(self.min_face))
        step = partial(self.progress.pass_frame, drawn=False)
        return audit_video(copy, self.out / copy.target, masker, step, self.threads)
