"""From a photo on disk to one whose faces are covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from smilecascade.analyze import Cascade
from smilecascade.images import read, save
from smilecascade.mask.colours import in_srgb
from smilecascade.mask.covers import Cover, cover_of
from smilecascade.mask.expressions import Express
from smilecascade.mask.search import Search, own_score
from smilecascade.mask.styles import Style, hidden
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face


@dataclass(frozen=True, kw_only=True)
class Masker:
    """How faces are found and what they are covered with; ``express`` is only asked where that shows it."""

    cascade: Cascade
    style: Style
    search: Search = field(default_factory=Search)
    express: Express | None = None

    @property
    def own_score(self) -> float:
        """The least score of a face that ``detect`` reports."""
        return own_score(self.cascade)

    @property
    def sure_score(self) -> float:
        """The least score of a face that is covered."""
        return self.own_score * self.search.upright_share

    @property
    def reads_expressions(self) -> bool:
        """Whether covers show what faces do, and somebody knows."""
        return self.style.expressive and self.express is not None

    def covers(self, image: Pixels) -> list[Cover]:
        """What is to be covered in RGB uint8 (H, W, 3), the surest first.

        Also what others hide: a person may find that those are none, and take them away.
        """
        return self.covers_of(self.search.faces(self.cascade, image), image)

    def covers_of(self, faces: Sequence[Face], image: Pixels | None) -> list[Cover]:
        """The covers of these faces in a photo, in their order; without it no expressions are read."""
        covers = [cover_of(face, self.cascade.bundle.spec) for face in faces]
        if self.express is None or not self.style.expressive or image is None:
            return covers
        upright = [replace(face, box=cover.box) for face, cover in zip(faces, covers, strict=True)]
        shown = self.express(image, upright)
        return [replace(cover, expression=one) for cover, one in zip(covers, shown, strict=True)]


def read_photo(path: Path) -> Pixels:
    """The photo in a file as it is covered: RGB uint8 (H, W, 3), upright, in the colours of sRGB.

    Raises ImageError.
    """
    return in_srgb(read(path), path)


def write_photo(image: Pixels, covers: Sequence[Cover], style: Style, target: Path) -> None:
    """Write RGB uint8 (H, W, 3) with these places covered, as JPEG, PNG or WebP by the target's suffix.

    The file holds pixels and nothing else: no place, date, camera, comment, thumbnail or profile. It is
    written to the side and renamed. Raises ImageError where it cannot be written.
    """
    save(hidden(image, covers, style), target)
