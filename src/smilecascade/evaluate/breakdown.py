"""Which faces a detector finds: recall by their size, the groups that a set names, grey and colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from smilecascade.evaluate.match import Truth, match
from smilecascade.evaluate.measure import Found, Performance, mended
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto

#: Sizes are told apart up to this many doublings of the smallest wanted face.
DOUBLINGS = 2

#: False positives a photo at which recall is told, where no score says what is found.
ALARMS = 1.0

ALL = "all"

#: The tints of a photo.
GREY, COLOUR = "grey", "colour"

#: A photo is in colour if its colours differ by so much in more than a few of the pixels looked at: grey
#: ones differ, too, once they have been compressed as if they had colours.
_UNEQUAL, _FEW, _APART = 16, 0.01, 4


@dataclass(frozen=True, kw_only=True)
class Share:
    """The faces of one group and size: how many there are, and the share found.

    group: the set's name of it, ``ALL``, ``GREY`` or ``COLOUR``. least, most: sides of their
    squares in pixels, ``most`` exclusive and perhaps infinite. recall: 0..1; NaN without faces.
    """

    group: str
    least: float
    most: float
    faces: int
    recall: float


def least_score_at(false_alarms: float, whole: Performance) -> float:
    """The lowest score with no more than so many false alarms a photo; infinite where there is none."""
    allowed = whole.froc.thresholds[whole.froc.false_positives_a_photo <= false_alarms]
    return float(allowed.min(initial=np.inf))


def tint(image: Pixels) -> str:
    """Whether a photo, RGB uint8 (H, W, 3), is ``GREY`` or in ``COLOUR``; one of zero area is grey.

    Toned photos, sepia say, are in colour: a detector is shown their colours.
    """
    red, green, blue = np.moveaxis(image[::_APART, ::_APART].astype(np.int16), 2, 0)
    difference = np.maximum(np.abs(red - green), np.abs(green - blue)).ravel()
    return COLOUR if (difference > _UNEQUAL).sum() > _FEW * difference.size else GREY


def breakdown(
    photos: Sequence[AnnotatedPhoto],
    found: Sequence[Found],
    *,
    min_face: float,
    least_score: float,
    tints: Sequence[str] = (),
) -> list[Share]:
    """The shares of every group and size: of all faces, of each group that the set names, of each tint.

    Of each, sizes ascending and all sizes last. least_score: a face counts as found from this score on.
    tints: that of each photo, or none; where all are alike, nothing is told of them.
    """
    hit = _scores_of_faces(photos, found, min_face) >= least_score
    labels = [
        (face, shade)
        for photo, shade in zip(photos, tints or [""] * len(photos), strict=True)
        for face in photo.faces
        if _is_wanted(face.role, face.side, min_face)
    ]
    size = np.array([label.side for label, _ in labels])
    group = np.array([label.group for label, _ in labels], np.str_)
    shade = np.array([shade for _, shade in labels], np.str_)
    edges = [min_face * 2.0**k for k in range(DOUBLINGS + 1)] + [np.inf]
    ranges = [*pairwise(edges), (min_face, np.inf)]
    parts = [(ALL, np.ones(len(labels), bool)), *_parts(group)]
    parts += _parts(shade) if len(set(tints)) > 1 else []
    return [
        _share(name, low, high, hit[belongs & (size >= low) & (size < high)])
        for name, belongs in parts
        for low, high in ranges
    ]


def _parts(names: NDArray[np.str_]) -> list[tuple[str, NDArray[np.bool_]]]:
    """Each name but the empty one, and which of the faces have it."""
    return [(name, names == name) for name in sorted(set(names.tolist()) - {""})]


def _is_wanted(role: str, side: float, min_face: float) -> bool:
    return role == "face" and side >= min_face


def _share(group: str, least: float, most: float, hit: NDArray[np.bool_]) -> Share:
    recall = float(hit.mean()) if len(hit) else float("nan")
    return Share(group=group, least=least, most=most, faces=len(hit), recall=recall)


def _scores_of_faces(
    photos: Sequence[AnnotatedPhoto], found: Sequence[Found], min_face: float
) -> NDArray[np.float32]:
    """The score of the detection that hit each wanted face, photo by photo; 0 where none did."""
    truths = [Truth.of(photo, min_face) for photo in photos]
    scores = [np.zeros(0, np.float32)]
    for one, truth in zip(mended(found, truths, [photo.name for photo in photos]), truths, strict=True):
        verdicts = match(one.boxes, one.scores, truth, min_face=min_face, min_iou=0.5)
        best = np.zeros(len(truth.wanted), np.float32)
        best[verdicts[verdicts >= 0]] = one.scores[verdicts >= 0]
        scores.append(best)
    return np.concatenate(scores)
