"""The records that travel through the program: frozen, and validated where they are made.

Boxes are ``xyxy``: float32, pixels of the upright photo, right and bottom exclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from smilecascade.geometry.boxes import Box, FloatArray, IntArray, Point, square_of_eyes_and_mouth

LabelRole = Literal["face", "ignore", "unlabelled", "doubtful"]
LabelKind = Literal["box", "ellipse", "points"]


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Windows that may hold a face, as rows of three arrays of the same length N ≥ 0.

    boxes:  (N, 4) float32, squares as xyxy in pixels of the photo; may reach outside it.
    scores: (N,) float32 in 0..1, the probability that the last classifier gave.
    scales: (N,) int32, the pyramid scale on which each window was first seen; windows
            keep it through the levels, since suppression compares within one scale.
    points: (N, 5, 2) float32, eyes, nose and corners of the mouth in pixels of the photo, or
            None until the aligner has named them.
    photos: (N,) int32, which photo each window lies in, where several are looked at together
            (``detect.lots``); None: all in the same.
    """

    boxes: FloatArray
    scores: FloatArray
    scales: IntArray
    points: FloatArray | None = None
    photos: IntArray | None = None

    def __post_init__(self) -> None:
        count = len(self.boxes)
        if self.boxes.shape != (count, 4):
            raise ValueError(f"boxes: expected shape (N, 4), got {self.boxes.shape}")
        for name, column in (("scores", self.scores), ("scales", self.scales)):
            if column.shape != (count,):
                raise ValueError(f"{name}: expected shape ({count},), got {column.shape}")
        if self.points is not None and self.points.shape != (count, 5, 2):
            raise ValueError(f"points: expected shape ({count}, 5, 2), got {self.points.shape}")
        if self.photos is not None and self.photos.shape != (count,):
            raise ValueError(f"photos: expected shape ({count},), got {self.photos.shape}")

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, rows: NDArray[np.bool_] | NDArray[np.intp] | slice) -> Candidates:
        """The rows that a mask, an index array or a slice picks, in that order."""
        return Candidates(
            boxes=self.boxes[rows],
            scores=self.scores[rows],
            scales=self.scales[rows],
            points=None if self.points is None else self.points[rows],
            photos=None if self.photos is None else self.photos[rows],
        )

    @classmethod
    def empty(cls) -> Candidates:
        """No windows: N = 0."""
        return cls(
            boxes=np.zeros((0, 4), np.float32),
            scores=np.zeros(0, np.float32),
            scales=np.zeros(0, np.int32),
        )


@dataclass(frozen=True, kw_only=True)
class Face:
    """One face found in a photo.

    box:    (x1, y1, x2, y2), pixels of the upright photo, right and bottom exclusive; it may
            reach outside the photo where a border cuts the face.
    score:  0..1, how sure the last level is.
    points: left eye, right eye, nose, left and right corner of the mouth as five (x, y), or None
            where the bundle does not name them. Left and right are the viewer's.
    track:  a number that a face keeps from frame to frame of a video; None in a photo.
    expression, smiley, probabilities: what the face shows, one emoji for it, and how likely each
            of the eight expressions is, by name; None where nobody asked.
    """

    box: Box
    score: float
    points: tuple[Point, Point, Point, Point, Point] | None = None
    track: int | None = None
    expression: str | None = None
    smiley: str | None = None
    probabilities: Mapping[str, float] | None = field(default=None, hash=False)

    @property
    def roll(self) -> float | None:
        """How far the head leans, degrees in −180..180, clockwise as one sees the photo; None without points.

        Three directions agree on it: from eye to eye, from corner to corner of the mouth, and
        across the line from eyes to mouth, which a head turned sideways shortens least. They are
        added as they are, so that the longest counts most.
        """
        if self.points is None:
            return None
        left_eye, right_eye, _, left_mouth, right_mouth = np.array(self.points, np.float64)
        eyes, mouth = right_eye - left_eye, right_mouth - left_mouth
        down = (left_mouth + right_mouth - left_eye - right_eye) / 2
        x, y = eyes + mouth + (down[1], -down[0])
        return float(np.degrees(np.arctan2(y, x)))


@dataclass(frozen=True, kw_only=True)
class Landmarks:
    """What a data set says about the points of one face; a missing point is None, never zero.

    Left and right are the viewer's: the left eye is the one at the smaller x of an
    upright face that looks at the camera. Coordinates are pixels of the photo.
    """

    left_eye: Point | None = None
    right_eye: Point | None = None
    nose: Point | None = None
    mouth: Point | None = None
    left_mouth: Point | None = None
    right_mouth: Point | None = None

    def square(self) -> Box | None:
        """The canonical square from the eyes and the mouth, or None where one of them is missing."""
        eyes, mouth = self.middles()
        return None if eyes is None or mouth is None else square_of_eyes_and_mouth(eyes, mouth)

    def middles(self) -> tuple[Point | None, Point | None]:
        """The midpoint of the eyes and that of the mouth, None where they are not labelled."""
        eyes = _midpoint(self.left_eye, self.right_eye)
        return eyes, self.mouth or _midpoint(self.left_mouth, self.right_mouth)


@dataclass(frozen=True, kw_only=True)
class OriginalLabel:
    """A label as its authors wrote it, before it became a canonical square.

    kind ``box``: x1, y1, x2, y2. ``ellipse``: major and minor radius, angle in radians,
    centre x, centre y (FDDB's order). ``points``: the numbers of the line, in its order.
    """

    kind: LabelKind
    values: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class FaceLabel:
    """One labelled face.

    square: the canonical square (``geometry.boxes``), xyxy, pixels of the photo.
    role:   ``face``: a true face, required of a detector and a positive in training.
            ``ignore``: a face or place that its authors exclude (invalid, too small,
            difficult): neither required nor counted against, never a negative.
            ``unlabelled``: a face that the authors forgot and a detector named surely.
            ``doubtful``: a place that might be a face, where no negative is cut.
    group:  the class that the set gives a face ("with_mask", say), or "".
    """

    square: Box
    original: OriginalLabel
    points: Landmarks | None = None
    role: LabelRole = "face"
    group: str = ""

    def __post_init__(self) -> None:
        x1, y1, x2, y2 = self.square
        if not (np.isfinite(self.square).all() and x2 > x1 and y2 > y1):
            raise ValueError(f"square: expected x1 < x2 and y1 < y2, got {self.square}")

    @property
    def side(self) -> float:
        """The side of the square, in pixels of the photo."""
        return self.square[2] - self.square[0]


@dataclass(frozen=True, kw_only=True)
class AnnotatedPhoto:
    """A photo on disk and what its set says of the faces in it.

    name:     the photo's name as its set writes it; sorting by it gives the halves of the
              box fit.
    complete: whether every face is labelled (but for the roles above), so that negatives
              may be cut from the rest of the photo; False for sets of one face a photo.
    """

    path: Path
    name: str
    faces: tuple[FaceLabel, ...] = field(default=())
    complete: bool = True

    def squares(self, *roles: LabelRole) -> FloatArray:
        """The squares of the labels with one of these roles (all where none is named), (N, 4)."""
        chosen = [face.square for face in self.faces if not roles or face.role in roles]
        return np.array(chosen, np.float32).reshape(-1, 4)


def _midpoint(first: Point | None, second: Point | None) -> Point | None:
    if first is None or second is None:
        return None
    return ((first[0] + second[0]) / 2, (first[1] + second[1]) / 2)
