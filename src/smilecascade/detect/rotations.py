"""Faces that lie on their side or on their head: the photo is looked at from several directions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smilecascade.detect.cascade import Detector
from smilecascade.geometry.boxes import FloatArray
from smilecascade.geometry.suppress import suppress
from smilecascade.mipmaps import Pixels
from smilecascade.records import Face

#: How far heads may lean, degrees, clockwise as one sees the photo: whole right angles, since turning a
#: photo by them loses nothing.
ROTATIONS = (0, 90, 180, 270)


def check_rotations(rotations: Sequence[int]) -> tuple[int, ...]:
    """The same rotations, each once, in their order; ValueError unless they are some of ``ROTATIONS``."""
    wanted = tuple(dict.fromkeys(rotations))
    if not wanted or not set(wanted) <= set(ROTATIONS):
        raise ValueError(f"rotations: expected some of {ROTATIONS}, got {rotations!r}")
    return wanted


def rotated_faces(
    detector: Detector,
    image: Pixels,
    rotations: Sequence[int],
    *,
    min_face: float,
    min_score: float | None = None,
) -> list[Face]:
    """The faces that stand upright or lean by one of ``rotations``, best first, in places of the photo.

    image: RGB uint8 (H, W, 3). rotations: as ``check_rotations`` gives them. The detector looks at
    the photo turned back by each, and of what overlaps over all of them the best stays. Boxes of
    faces that lie on their side lie, too; points keep their names: the left eye is still the one at
    the left of the upright face. Takes as many times as long as there are rotations.
    """
    looks = [_look(detector, image, rotation, min_face, min_score) for rotation in rotations]
    squares = np.concatenate([squares for squares, _ in looks])
    faces = [face for _, found in looks for face in found]
    scores = np.array([face.score for face in faces], np.float32)
    return [faces[row] for row in suppress(squares, scores, max_iou=detector.spec.max_iou).tolist()]


def _look(
    detector: Detector, image: Pixels, rotation: int, min_face: float, min_score: float | None
) -> tuple[FloatArray, list[Face]]:
    """The squares (N, 4) and the faces that are upright once the photo is turned back by a rotation."""
    turns = rotation // 90
    found = detector.windows(np.rot90(image, turns), min_face=min_face, min_score=min_score)
    size = image.shape[1], image.shape[0]
    faces = [_laid_back(face, turns, size) for face in detector.reported(found)]
    return _boxes_back(found.boxes, turns, size), faces


def _laid_back(face: Face, turns: int, size: tuple[int, int]) -> Face:
    (box,) = _boxes_back(np.array([face.box]), turns, size).tolist()
    points = None if face.points is None else _points_back(np.array(face.points), turns, size).tolist()
    return Face(box=tuple(box), score=face.score, points=points and tuple(map(tuple, points)))


def _boxes_back(boxes: FloatArray, turns: int, size: tuple[int, int]) -> FloatArray:
    """Boxes (N, 4) of the photo that was turned, in the photo of this width and height."""
    first, second = (_points_back(corners, turns, size) for corners in (boxes[:, :2], boxes[:, 2:]))
    return np.concatenate([np.minimum(first, second), np.maximum(first, second)], axis=1)


def _points_back(points: FloatArray, turns: int, size: tuple[int, int]) -> FloatArray:
    """Points (N, 2) of the photo after so many turns to the left, where they lie in the photo itself."""
    (width, height), (x, y) = size, points.T
    columns = ((x, y), (width - y, x), (width - x, height - y), (y, height - x))[turns]
    return np.stack(columns, axis=1)
