"""Ways to look at a photo: as it is, mirrored, enlarged, on its side. What one misses, another sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade.mipmaps import Pixels
from smilecascade.records import Face

_Points = NDArray[np.float64]

#: Width and height in pixels.
Size = tuple[int, int]

#: No photo is enlarged beyond this, in pixels: searching it would take a gigabyte.
MOST_PIXELS = 24_000_000

#: The five points of a mirrored face in their usual order: its left eye is the other's right one.
_MIRRORED = (1, 0, 2, 4, 3)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is done to a photo before it is searched, in this order; by default nothing.

    scale:    how much larger it becomes, as far as ``MOST_PIXELS`` allow; at least 1.
    mirrored: whether left and right change places.
    turns:    by how many right angles it is turned to the left.
    """

    scale: float = 1.0
    mirrored: bool = False
    turns: int = 0

    def scale_of(self, size: Size) -> float:
        """How much larger a photo of this size really becomes."""
        return max(1.0, min(self.scale, sqrt(MOST_PIXELS / (size[0] * size[1]))))

    def view(self, image: Pixels) -> Pixels:
        """RGB uint8 (H, W, 3) of a pixel or more as this look shows it; it may be the same array."""
        scale = self.scale_of((image.shape[1], image.shape[0]))
        seen = _enlarged(image, scale)
        seen = seen[:, ::-1] if self.mirrored else seen
        return np.ascontiguousarray(np.rot90(seen, self.turns))

    def back(self, faces: Sequence[Face], size: Size) -> list[Face]:
        """Faces found in the view of a photo of this size, in places of the photo itself.

        Faces that lie on their side there have boxes that lie as well.
        """
        return [self._back(face, size) for face in faces]

    def _back(self, face: Face, size: Size) -> Face:
        x1, y1, x2, y2 = face.box
        corners = self._places(np.array([(x1, y1), (x2, y2)]), size)
        box = (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
        if face.points is None:
            return replace(face, box=box)
        places = self._places(np.array(face.points), size)
        if self.mirrored:
            places = places[list(_MIRRORED)]
        left_eye, right_eye, nose, left_mouth, right_mouth = ((x, y) for x, y in places.tolist())
        return replace(face, box=box, points=(left_eye, right_eye, nose, left_mouth, right_mouth))

    def _places(self, points: _Points, size: Size) -> _Points:
        """Points (N, 2) of the view, in the photo."""
        scale = self.scale_of(size)
        width, height = (round(side * scale) for side in size)
        x, y = points.T
        x, y = ((x, y), (width - y, x), (width - x, height - y), (y, height - x))[self.turns % 4]
        x = width - x if self.mirrored else x
        return np.stack([x * size[0] / width, y * size[1] / height], axis=1)


def _enlarged(image: Pixels, scale: float) -> Pixels:
    if scale == 1:
        return image
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))
