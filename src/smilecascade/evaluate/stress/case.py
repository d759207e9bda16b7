"""One face in one photo, and the changes that move both: size, place, roll."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade.evaluate.match import Truth
from smilecascade.geometry.boxes import Box, FloatArray, centres, faces_of_squares, sides, squares_about
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto
from smilecascade.specs import CascadeSpec

#: Side of the smallest face that a case is made of, pixels of its photo: it is still a face when it is
#: blurred or shrunk.
LEAST_SIDE = 40


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A photo, RGB uint8 (H, W, 3), and what a detector is asked of it.

    truth: one face is wanted; the other labels are neither required nor counted against.
    min_face: side of the smallest square to be searched.
    """

    image: Pixels
    truth: Truth
    min_face: float

    @classmethod
    def of(cls, photo: AnnotatedPhoto, image: Pixels, min_face: float) -> Case | None:
        """The photo as it is, and the largest face in it; None where none is well visible.

        Well visible is a face of ``LEAST_SIDE`` whose box does not reach outside the photo.
        """
        squares = photo.squares("face")
        large = squares[_is_whole(squares, image) & (sides(squares) >= LEAST_SIDE)]
        if not len(large):
            return None
        wanted = large[sides(large).argmax()]
        others = squares[(squares != wanted).any(axis=1)]
        truth = Truth(
            wanted=wanted[None],
            optional=np.concatenate([others, photo.squares("ignore")]),
            unlabelled=photo.squares("unlabelled"),
        )
        return cls(image=image, truth=truth, min_face=min_face)

    @property
    def side(self) -> float:
        """The side of the wanted face's square, pixels."""
        return float(sides(self.truth.wanted)[0])

    @property
    def box(self) -> Box:
        """The wanted face as a box of the usual shape."""
        return tuple(boxes(self.truth.wanted)[0].tolist())

    def changed(self, image: Pixels, place: Callable[[FloatArray], FloatArray]) -> Case:
        """Another photo, in which each square (N, 4) lies at ``place`` of it."""
        before = self.truth
        truth = Truth(
            wanted=place(before.wanted),
            optional=place(before.optional),
            unlabelled=place(before.unlabelled),
        )
        return replace(self, image=image, truth=truth)


def boxes(squares: FloatArray) -> FloatArray:
    """Faces of the usual shape for squares (N, 4)."""
    return faces_of_squares(squares, width=CascadeSpec.face_width, height=CascadeSpec.face_height)


def scaled(case: Case, factor: float) -> Case:
    """The whole photo enlarged or shrunk."""
    height, width = case.image.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    image = np.asarray(Image.fromarray(case.image).resize(size, Image.Resampling.BICUBIC))
    ratio = np.array([size[0] / width, size[1] / height] * 2, np.float32)
    return case.changed(image, lambda squares: squares * ratio)


def cropped(case: Case, window: Box) -> Case:
    """What lies in a window of the photo, to whole pixels; at least one of them is left."""
    height, width = case.image.shape[:2]
    left, top = min(max(0, round(window[0])), width - 1), min(max(0, round(window[1])), height - 1)
    right, bottom = max(left + 1, round(window[2])), max(top + 1, round(window[3]))
    corner = np.array([left, top] * 2, np.float32)
    image = np.ascontiguousarray(case.image[top:bottom, left:right])
    return case.changed(image, lambda squares: squares - corner)


def rolled(case: Case, degrees: float) -> Case:
    """The photo turned clockwise about its middle, on a sheet of its mean colour that holds all of it."""
    height, width = case.image.shape[:2]
    colour = tuple(round(value) for value in case.image.mean(axis=(0, 1)).tolist())
    turned = Image.fromarray(case.image).rotate(
        -degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=colour
    )
    angle = radians(degrees)
    turn = np.array([[cos(angle), sin(angle)], [-sin(angle), cos(angle)]])
    before, after = np.array([width, height]) / 2, np.array(turned.size) / 2

    def place(squares: FloatArray) -> FloatArray:
        return squares_about((centres(squares) - before) @ turn + after, sides(squares))

    return case.changed(np.asarray(turned), place)


def _is_whole(squares: FloatArray, image: Pixels) -> NDArray[np.bool_]:
    """Which faces (N,) do not reach outside the photo."""
    faces = boxes(squares)
    limits = np.array([image.shape[1], image.shape[0]])
    beyond: FloatArray = np.maximum(-faces[:, :2], faces[:, 2:] - limits).max(axis=1)
    return beyond <= 0
