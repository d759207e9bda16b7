"""Finding every face that is to be covered: recall comes first, and false alarms are the price.

Shares, looks and the smallest face were chosen on validation photos (docs/lab-notes.md, "Masking").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from smilecascade.analyze import Cascade
from smilecascade.geometry.suppress import suppress
from smilecascade.mask.looks import Look
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face

#: Least score of a face that is covered, in least scores of one that ``detect`` reports; and that of
#: one seen on its side alone, where fewer faces are and as many false alarms.
SURE_SHARE = 0.885
LYING_SHARE = 1.05

#: Scales of the search lie half an octave apart, so that a quarter would do for faces that fall between
#: two; three of them also show small faces smoother than they are.
ENLARGED = 2**0.75

UPRIGHT = (
    Look(),
    Look(mirrored=True),
    Look(scale=ENLARGED),
    Look(scale=ENLARGED, mirrored=True),
)
LYING = (Look(turns=1), Look(turns=3))


@dataclass(frozen=True, kw_only=True)
class Search:
    """How a photo is searched.

    min_face: side of the smallest face, in pixels of the photo. tolerance: share of it from which on
    a face is taken for as large: sides are known to a tenth.
    upright, lying: the looks at it, and the least score of what each of them finds, as a share of
    the bundle's own. A score is never asked to be above 0.99, whatever the bundle's own is.
    """

    min_face: float = 20
    tolerance: float = 0.9
    upright: tuple[Look, ...] = UPRIGHT
    upright_share: float = SURE_SHARE
    lying: tuple[Look, ...] = LYING
    lying_share: float = LYING_SHARE

    def faces(self, cascade: Cascade, image: Pixels) -> list[Face]:
        """The faces in RGB uint8 (H, W, 3) over all looks, best first; of what overlaps the best stays."""
        if image.size == 0:
            return []
        own = own_score(cascade)
        found = list(self._seen(cascade, image, self.upright, own * self.upright_share))
        found += self._seen(cascade, image, self.lying, min(0.99, own * self.lying_share))
        return plausible(united(found, cascade.bundle.spec.max_iou))

    def _seen(
        self, cascade: Cascade, image: Pixels, looks: Iterable[Look], min_score: float
    ) -> Iterable[Face]:
        size = (image.shape[1], image.shape[0])
        for look in looks:
            smallest = self.min_face * look.scale_of(size)
            faces = cascade.detect(look.view(image), min_face=smallest, min_score=min_score)
            yield from (face for face in look.back(faces, size) if self.is_large(face))

    def is_large(self, face: Face) -> bool:
        """Whether a face is as large as those that are wanted."""
        return side_of(face) >= self.tolerance * self.min_face


def own_score(cascade: Cascade) -> float:
    """The least score of a face that ``detect`` reports with this bundle."""
    return cascade.bundle.spec.levels[-1].min_score


def side_of(face: Face) -> float:
    """The side of a face's square, pixels, however it leans: about that of its box."""
    x1, y1, x2, y2 = face.box
    return sqrt(max(0.0, x2 - x1) * max(0.0, y2 - y1))


def united(faces: list[Face], max_iou: float) -> list[Face]:
    """Of faces that overlap by more than ``max_iou`` the best ones, best first."""
    boxes = np.array([face.box for face in faces], np.float32).reshape(-1, 4)
    scores = np.array([face.score for face in faces], np.float32)
    return [faces[index] for index in suppress(boxes, scores, max_iou=max_iou).tolist()]


def plausible(faces: list[Face]) -> list[Face]:
    """The faces, best first, without those that hold the middles of two surer and smaller ones.

    A head may hold a false face, its nose say, but two surer ones are two heads.
    """
    return [face for index, face in enumerate(faces) if _held(face, faces[:index]) < 2]


def _held(face: Face, others: list[Face]) -> int:
    """How many of the others have their middles in this face, and less than half its side."""
    x1, y1, x2, y2 = face.box
    middles = [((o.box[0] + o.box[2]) / 2, (o.box[1] + o.box[3]) / 2, side_of(o)) for o in others]
    return sum(x1 <= x < x2 and y1 <= y < y2 and 2 * side < side_of(face) for x, y, side in middles)
