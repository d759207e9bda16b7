"""One stored crop a face, from which every sample of it is cut on the fly.

A crop shows the canonical square in the middle of twice its side, cut from the photo (its
edge pixels repeated beyond the border, as at detection). Displaced, turned and scaled
windows around the face all lie inside it, so thirty thousand crops stand for any number of
samples.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade.datasets.framing import in_five_points_style
from smilecascade.geometry.boxes import FloatArray, Point, intersections, squares_about
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto, FaceLabel, Landmarks
from smilecascade.train import shards
from smilecascade.train.reading import reading
from smilecascade.train.shards import Shards, Stack

#: Side of a stored crop, pixels, and how many sides of the face's square it shows.
STORED = 128
CONTEXT = 2.0

#: Faces smaller than this in the photo show nothing that a net could learn.
LEAST_SIDE = 10.0

#: Changes when what is stored of the points does: older crops are then refused.
POINTS_VERSION = 3

#: The points of a face that sets label, in the order of ``FaceCrops.points``.
POINTS = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth", "mouth")

_Row = tuple[object, ...]
_POINT_COLUMNS = tuple(f"{point}_{axis}" for point in POINTS for axis in "xy")
_TABLE = "faces.csv"
_NUMBERS = ("side", "alone", *_POINT_COLUMNS)
_COLUMNS = ("set", "photo", "group", "role", *_NUMBERS)


@dataclass(frozen=True, kw_only=True)
class FaceCrops:
    """All stored crops: pixels (N, 128, 128, 3) uint8, on disk, and what they show.

    sets: (N,) the folder of each face's set. side: (N,) the square's side in the photo.
    alone: (N,) whether every face of the photo is labelled and no other label reaches into the
    crop, so that windows beside the face hold none. points: (N, 6, 2) float32, x and y of
    ``POINTS`` from the square's centre in sides of the square; NaN where a point is not labelled.
    """

    pixels: Stack
    sets: NDArray[np.str_]
    side: NDArray[np.float32]
    alone: NDArray[np.bool_]
    points: FloatArray

    def __len__(self) -> int:
        return len(self.pixels)


def store(photos: Iterable[tuple[str, AnnotatedPhoto]], folder: Path, inputs: Mapping[str, Any]) -> FaceCrops:
    """Cut and store the crops of all faces, unless they are stored already; returns them.

    They are ``faces.csv`` and the shards of the folder ``128`` beside it. ``inputs``: what they
    depend on; SpecError where the stored ones came from others.
    """
    inputs = {**inputs, "size": STORED, "context": CONTEXT, "points": POINTS_VERSION}
    parts = _cut_all(photos, folder / _TABLE)
    return _tabled(shards.store(parts, folder / str(STORED), (STORED, STORED, 3), inputs), folder)


def read(folder: Path) -> FaceCrops:
    """The stored crops of a folder."""
    return _tabled(Shards(folder / str(STORED)), folder)


def _tabled(pixels: Shards, folder: Path) -> FaceCrops:
    """Crops with the rows of their table."""
    sets, numbers = [], array("f")
    with (folder / _TABLE).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sets.append(row["set"])
            numbers.extend(float(row[column] or "nan") for column in _NUMBERS)
    table = np.array(numbers, np.float32).reshape(-1, len(_NUMBERS))
    return FaceCrops(
        pixels=pixels,
        sets=np.array(sets, dtype=np.str_),
        side=table[:, 0],
        alone=table[:, 1] == 1,
        points=table[:, 2:].reshape(-1, len(POINTS), 2),
    )


def _cut_all(photos: Iterable[tuple[str, AnnotatedPhoto]], table: Path) -> Iterator[Pixels]:
    """The crops of all faces, (1, 128, 128, 3) each; the table has a row of each when the last is given."""
    with reading() as read, table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for name, photo in photos:
            wanted = [face for face in photo.faces if _is_positive(face)]
            image = read(photo) if wanted else None
            if image is not None:
                for row, crop in _crops_of(name, photo, wanted, image):
                    writer.writerow(row)
                    yield crop[None]


def _crops_of(
    name: str, photo: AnnotatedPhoto, faces: Iterable[FaceLabel], image: Pixels
) -> Iterator[tuple[_Row, Pixels]]:
    others = photo.squares()
    for face in faces:
        square = np.array([face.square], np.float32)
        around = squares_about((square[:, :2] + square[:, 2:]) / 2, np.array([face.side * CONTEXT]))
        alone = photo.complete and int((intersections(around, others) > 0).sum()) == 1
        row = (name, photo.name, face.group, face.role, round(face.side, 2), int(alone))
        yield (*row, *_points_of(face)), cut(image, tuple(around[0].tolist()), STORED)


def _points_of(face: FaceLabel) -> list[str]:
    """x and y of each point from the square's centre, in sides of the square; "" where unknown."""
    x1, y1, x2, y2 = face.square
    points = in_five_points_style(face.points or Landmarks())
    written: list[str] = []
    for name in POINTS:
        point: Point | None = getattr(points, name)
        if point is None:
            written += ["", ""]
        else:
            written += [
                f"{(point[0] - (x1 + x2) / 2) / face.side:.4f}",
                f"{(point[1] - (y1 + y2) / 2) / face.side:.4f}",
            ]
    return written


def _is_positive(face: FaceLabel) -> bool:
    return face.role in ("face", "unlabelled") and face.side >= LEAST_SIDE


def cut(image: Pixels, square: tuple[float, float, float, float], size: int) -> Pixels:
    """The pixels under a square as (size, size, 3), antialiased; edge pixels repeat beyond the photo."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = square
    left, top = int(np.floor(x1)) - 2, int(np.floor(y1)) - 2
    columns = np.clip(np.arange(left, int(np.ceil(x2)) + 3), 0, width - 1)
    rows = np.clip(np.arange(top, int(np.ceil(y2)) + 3), 0, height - 1)
    around = Image.fromarray(image[rows[:, None], columns[None, :]])
    box = (x1 - left, y1 - top, x2 - left, y2 - top)
    return np.asarray(around.resize((size, size), Image.Resampling.BILINEAR, box=box))
