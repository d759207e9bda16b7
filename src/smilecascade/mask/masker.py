"""From a photo on disk to one whose faces are covered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from smilecascade.analyze import Cascade
from smilecascade.images import read, save
from smilecascade.mask.colours import in_srgb
from smilecascade.mask.covers import Cover, cover_of, needed
from smilecascade.mask.expressions import Express, unknown
from smilecascade.mask.search import Search
from smilecascade.mask.styles import Style, hidden
from smilecascade.mipmaps import Pixels


@dataclass(frozen=True, kw_only=True)
class Masker:
    """How faces are found and what they are covered with."""

    cascade: Cascade
    style: Style
    search: Search = field(default_factory=Search)
    express: Express = unknown

    def covers(self, image: Pixels) -> list[Cover]:
        """What is to be covered in RGB uint8 (H, W, 3), the surest first."""
        faces = self.search.faces(self.cascade, image)
        express = self.express if self.style.expressive else unknown
        spec = self.cascade.bundle.spec
        shown = zip(faces, express(image, faces), strict=True)
        return needed([cover_of(face, spec, expression) for face, expression in shown])


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
