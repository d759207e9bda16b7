"""A cascade that needs no weights: it takes rectangles in a pure colour for faces that stand upright."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from smilecascade.analyze import Searched
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face
from smilecascade.specs import CascadeSpec, LevelSpec

#: The colours that are faces, and their scores; ``detect`` reports faces from 0.9 on.
FACES = {(255, 0, 0): 0.99, (0, 255, 0): 0.85, (0, 0, 255): 0.6}
RED, GREEN, BLUE = FACES

#: Places of the five points in a face, in its widths and heights.
POINTS = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))


class PaintedCascade:
    """Finds what is painted. Every how manyth look it makes is blind: ``blind(number)`` says which."""

    def __init__(self, blind: Callable[[int], bool] = lambda number: False) -> None:
        levels = (LevelSpec(net="painted", window=12, min_score=0.9),)
        self.bundle = SimpleNamespace(
            digest="0123456789abcdef", spec=CascadeSpec(levels=levels), expression=None
        )
        self.looks = 0
        self._blind = blind

    def detect(self, image: Pixels, *, min_face: float = 40, min_score: float | None = None) -> list[Face]:
        self.looks += 1
        if self._blind(self.looks - 1):
            return []
        least = 0.9 if min_score is None else min_score
        found = [_face(image, colour, score) for colour, score in FACES.items() if score >= least]
        return [face for face in found if face]

    def detect_each(
        self, sources: Iterable[Callable[[], Pixels]], *, keep_images: bool = False, **how: Any
    ) -> Generator[Searched | Exception, None, None]:
        for source in sources:
            image = source()
            height, width = image.shape[:2]
            faces = self.detect(image, **how)
            yield Searched(height=height, width=width, faces=faces, image=image if keep_images else None)


def _face(image: Pixels, colour: Sequence[int], score: float) -> Face | None:
    rows, columns = np.nonzero((np.abs(image.astype(int) - colour) < 70).all(axis=2))
    if not len(rows):
        return None
    x1, y1, x2, y2 = (int(v) for v in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    # Portrait upright, as faces are: what lies is found in a photo that is turned.
    if y2 - y1 < x2 - x1:
        return None
    points = tuple((x1 + u * (x2 - x1), y1 + v * (y2 - y1)) for u, v in POINTS)
    return Face(box=(x1, y1, x2, y2), score=score, points=points)


def painted(
    *faces: tuple[tuple[int, int, int], tuple[int, int, int, int]], size: tuple[int, int] = (160, 120)
) -> Pixels:
    """A grey photo of this width and height with faces in these colours and boxes."""
    image = np.full((size[1], size[0], 3), 128, np.uint8)
    for colour, (x1, y1, x2, y2) in faces:
        image[y1:y2, x1:x2] = colour
    return image
