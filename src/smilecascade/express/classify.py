"""From faces that were found to what they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from smilecascade.bundle import Bundle, Express
from smilecascade.errors import BundleError
from smilecascade.express.crops import upright
from smilecascade.express.emotions import EMOTIONS, Expression
from smilecascade.express.smiley import smiley_of
from smilecascade.geometry.boxes import FloatArray, Point, squares_about
from smilecascade.mipmaps import Mipmaps
from smilecascade.records import Face
from smilecascade.specs import CascadeSpec

#: Faces looked at together: more costs memory and gains no speed on one core.
BATCH = 32


@dataclass(frozen=True, kw_only=True)
class Classifier:
    """The net that says what faces show, and how it wants them cut."""

    express: Express
    spec: CascadeSpec

    def expressions(self, photo: Mipmaps, faces: Sequence[Face]) -> list[Expression]:
        """What each face of a photo shows, in their order; without faces nothing."""
        found: list[Expression] = []
        for start in range(0, len(faces), BATCH):
            found += self._of(photo, faces[start : start + BATCH])
        return found

    def _of(self, photo: Mipmaps, faces: Sequence[Face]) -> list[Expression]:
        windows, rolls = windows_of(faces, self.spec)
        eyes, known = eye_windows_of(faces, self.spec)
        said = self.express(
            upright(photo, windows, rolls, self.spec.expression_window),
            upright(photo, eyes, np.repeat(rolls, 2), self.spec.eye_window),
        )
        return [
            Expression(
                probabilities=dict(zip(EMOTIONS, emotions, strict=True)),
                smile=smile,
                mouth_open=mouth_open,
                eyes_closed=tuple(closed) if seen else None,
            )
            for emotions, smile, mouth_open, closed, seen in zip(
                *(s.tolist() for s in said), known, strict=True
            )
        ]


def with_expressions(classifier: Classifier, photo: Mipmaps, faces: Sequence[Face]) -> list[Face]:
    """The same faces of a photo, with their expression, its probabilities and a smiley."""
    return [
        replace(
            face,
            expression=shown.top,
            smiley=smiley_of(shown),
            probabilities=shown.probabilities,
        )
        for face, shown in zip(faces, classifier.expressions(photo, faces), strict=True)
    ]


def open_classifier(bundle: Bundle, threads: int | None = None) -> Classifier:
    """What a bundle has to say of expressions, ready to run. BundleError where it says nothing."""
    express = bundle.express(threads)
    if express is None:
        raise BundleError(
            f"{bundle.path}: says nothing of expressions; smilecascade train expression adds what it lacks"
        )
    return Classifier(express=express, spec=bundle.spec)


def windows_of(faces: Sequence[Face], spec: CascadeSpec) -> tuple[FloatArray, NDArray[np.float64]]:
    """The squares (N, 4) around faces that the net looks at, and their rolls (N,) in degrees.

    A face's box is turned back into the square that it came from; the window shows as much of it as the
    tiles that the net learned from, and turns with the head where its points are known.
    """
    boxes = np.array([face.box for face in faces], np.float64).reshape(-1, 4)
    rolls = np.array([face.roll or 0.0 for face in faces], np.float64)
    middles, side = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 3] - boxes[:, 1]) / spec.face_height
    angles = np.radians(rolls)
    upwards = np.stack([np.sin(angles), -np.cos(angles)], axis=1)
    raised = middles + spec.expression_rise * side[:, None] * upwards
    return squares_about(raised, side * spec.expression_side), rolls


def eye_windows_of(faces: Sequence[Face], spec: CascadeSpec) -> tuple[FloatArray, list[bool]]:
    """The squares (2·N, 4) around the left and the right eye of each face, and which faces have points.

    Where they are not known the squares lie in the middle of the face, and mean nothing.
    """
    known = [face.points is not None for face in faces]
    middles: list[Point] = []
    reach: list[float] = []
    for face in faces:
        x1, y1, x2, y2 = face.box
        middle = ((x1 + x2) / 2, (y1 + y2) / 2)
        middles += face.points[:2] if face.points else (middle, middle)
        reach += 2 * [(y2 - y1) / spec.face_height * spec.eye_side]
    return squares_about(np.array(middles, np.float64).reshape(-1, 2), np.array(reach)), known
