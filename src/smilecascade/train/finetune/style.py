"""How somebody's boxes sit on faces, in the eyes of the detector that is to be retrained.

Everyone draws boxes in a way of their own. Learned as they are, they would teach the net to move its
windows elsewhere; so they are first brought to the canonical square, by the medians of where the
detector sees the same faces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from smilecascade import images
from smilecascade.datasets.framing import Framing
from smilecascade.detect.cascade import Detector
from smilecascade.evaluate.boxfit import PAIR_IOU, BoxFit
from smilecascade.geometry.boxes import FloatArray, iou
from smilecascade.records import AnnotatedPhoto, FaceLabel
from smilecascade.train.figures import MIN_FACE

#: With fewer pairs the medians would rather be chance: boxes are then taken as they are.
LEAST_PAIRS = 20


@dataclass(frozen=True, kw_only=True)
class Style:
    """The change that makes labels canonical, and over how many pairs it was measured."""

    framing: Framing
    pairs: int


def style_of(photos: Iterable[AnnotatedPhoto], detector: Detector) -> Style:
    """The style of the labels of these photos.

    A face and a window are a pair where they overlap most, by at least ``boxfit.PAIR_IOU``; with
    fewer than ``LEAST_PAIRS`` the framing changes nothing.
    """
    pairs = [pair for photo in photos for pair in _pairs(photo, detector)]
    if len(pairs) < LEAST_PAIRS:
        return Style(framing=Framing(), pairs=len(pairs))
    labels, windows = (np.array([pair[k] for pair in pairs], np.float32) for k in range(2))
    fit = BoxFit.of(labels, windows)
    return Style(framing=Framing(down=fit.shift_y, scale=fit.scale_x), pairs=len(pairs))


def canonical(photos: Iterable[AnnotatedPhoto], framing: Framing) -> list[AnnotatedPhoto]:
    """The photos with their squares changed by a framing."""
    return [replace(photo, faces=tuple(_framed(face, framing) for face in photo.faces)) for photo in photos]


def _pairs(photo: AnnotatedPhoto, detector: Detector) -> Iterator[tuple[FloatArray, FloatArray]]:
    """The squares of the faces that the detector sees, as they are labelled and as it sees them."""
    squares = photo.squares("face")
    if not len(squares):
        return
    windows = detector.windows(images.read(photo.path), min_face=MIN_FACE).boxes
    overlap = iou(squares, windows)
    for square, shared in zip(squares, overlap, strict=True):
        if shared.max(initial=0) >= PAIR_IOU:
            yield square, windows[shared.argmax()]


def _framed(face: FaceLabel, framing: Framing) -> FaceLabel:
    return replace(face, square=framing.canonical(face.square))
