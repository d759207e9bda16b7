"""A second pair of eyes: covered copies looked at again, in other ways and at a low threshold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smilecascade.analyze import Cascade
from smilecascade.errors import ImageError
from smilecascade.geometry.boxes import Box
from smilecascade.images import read
from smilecascade.mask.covers import Cover, cover_of, needed
from smilecascade.mask.findings import Finding, Kind, is_under, picture_of
from smilecascade.mask.looks import Look
from smilecascade.mask.record import Copy
from smilecascade.mask.search import Search, own_score
from smilecascade.mask.styles import STYLES, Style
from smilecascade.mipmaps import Pixels

#: A quarter of an octave: faces that fall between two scales of the search.
_BETWEEN = 2**0.25

#: Least score of what is shown to a person, in those of ``detect``. Of what is seen on its side alone
#: nothing weaker is shown than is covered: nearly all of it is none.
LOW_SHARE = 0.6

UPRIGHT = (Look(), Look(mirrored=True), Look(scale=_BETWEEN), Look(scale=_BETWEEN, mirrored=True))


def audit_search(min_face: float) -> Search:
    """How copies are looked at again: for weak sightings, of faces that are surely large enough."""
    return Search(
        min_face=min_face,
        tolerance=1.0,
        upright=UPRIGHT,
        upright_share=LOW_SHARE,
    )


@dataclass(frozen=True, kw_only=True)
class Auditor:
    """How copies in a folder are looked at again."""

    cascade: Cascade
    folder: Path
    min_face: float

    def photo(self, copy: Copy) -> list[Finding]:
        """What a person should look at in the copy of a photo. Raises ImageError where it cannot be read."""
        image = read(self.folder / copy.target)
        return [*self._uncovered(copy, image), *self._unsure(copy, image)]

    def _uncovered(self, copy: Copy, image: Pixels) -> Iterator[Finding]:
        style = style_of(copy)
        outlines = [style.outline(cover) for cover in (*copy.covers, *copy.shown)]
        for face in audit_search(self.min_face).faces(self.cascade, image):
            cover = cover_of(face, self.cascade.bundle.spec)
            if not is_under(cover, outlines):
                yield Finding(
                    kind=Kind.REMAINS if face.score >= own_score(self.cascade) else Kind.WEAK,
                    source=copy.source,
                    score=face.score,
                    where="",
                    picture=picture_of(image, cover),
                    places=(place(cover),),
                )

    def _unsure(self, copy: Copy, image: Pixels) -> Iterator[Finding]:
        """Covers of what is perhaps no face, with their pictures before they were covered, if at hand."""
        unsure = [cover for cover in needed(copy.covers) if is_below(cover.score, own_score(self.cascade))]
        original = _original(Path(copy.source), image) if unsure else image
        for cover in unsure:
            yield Finding(
                kind=Kind.UNSURE,
                source=copy.source,
                score=cover.score or 0.0,
                where="",
                picture=picture_of(original, cover),
                removals=({"box": rounded_box(cover.box)},),
            )


def style_of(copy: Copy) -> Style:
    """What a copy was covered with."""
    return STYLES[copy.settings["with"]]


def place(cover: Cover, **times: float) -> dict[str, Any]:
    """What a review calls this place."""
    return {"box": rounded_box(cover.box), "roll": round(cover.roll), **times}


def rounded_box(box: Box) -> list[float]:
    """A box to a tenth of a pixel."""
    return [round(value, 1) for value in box]


def is_below(score: float | None, least: float) -> bool:
    """Whether a score is known and below this one."""
    return score is not None and score < least


def _original(path: Path, instead: Pixels) -> Pixels:
    try:
        original = read(path)
    except ImageError:
        return instead
    return original if original.shape == instead.shape else instead
