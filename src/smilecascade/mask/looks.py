"""Ways to look at a photo: as it is, mirrored, enlarged, on its side. What one misses, another sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade.images import MAX_PIXELS
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face

_Points = NDArray[np.float64]

#: The five points of a mirrored face in their usual order: its left eye is the other's right one.
_MIRRORED = (1, 0, 2, 4, 3)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is done to a photo before it is searched, in this order; by default nothing.

    scale:    how much larger it becomes, as far as ``MAX_PIXELS`` allow; at least 1.
    mirrored: whether left and right change places.
    turns:    by how many right angles it is turned to the left.
    """

    scale: float = 1.0
    mirrored: bool = False
    turns: int = 0

    def scale_of(self, image: Pixels) -> float:
        """How much larger this photo of one pixel or more really becomes."""
        height, width = image.shape[:2]
        return max(1.0, min(self.scale, float((MAX_PIXELS / (height * width)) ** 0.5)))

    def view(self, image: Pixels) -> Pixels:
        """RGB uint8 (H, W, 3) as this look shows it: (H', W', 3), of its own memory or the same array."""
        seen = _enlarged(image, self.scale_of(image))
        seen = seen[:, ::-1] if self.mirrored else seen
        return np.ascontiguousarray(np.rot90(seen, self.turns))

    def back(self, faces: Sequence[Face], image: Pixels) -> list[Face]:
        """Faces found in ``view(image)``, in places of ``image`` itself; those that lie have lying boxes."""
        return [self._back(face, image) for face in faces]

    def _back(self, face: Face, image: Pixels) -> Face:
        x1, y1, x2, y2 = face.box
        corners = self._places(np.array([(x1, y1), (x2, y2)]), image)
        box = (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
        if face.points is None:
            return Face(box=box, score=face.score)
        points = self._places(np.array(face.points), image)
        named = points[list(_MIRRORED)] if self.mirrored else points
        left_eye, right_eye, nose, left_mouth, right_mouth = ((float(x), float(y)) for x, y in named)
        return Face(box=box, score=face.score, points=(left_eye, right_eye, nose, left_mouth, right_mouth))

    def _places(self, points: _Points, image: Pixels) -> _Points:
        """Points (N, 2) of the view, in the photo."""
        scale = self.scale_of(image)
        height, width = (round(side * scale) for side in image.shape[:2])
        x, y = points.T
        x, y = ((x, y), (width - y, x), (width - x, height - y), (y, height - x))[self.turns % 4]
        x = width - x if self.mirrored else x
        return np.stack([x * image.shape[1] / width, y * image.shape[0] / height], axis=1)


def _enlarged(image: Pixels, scale: float) -> Pixels:
    if scale == 1:
        return image
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))
