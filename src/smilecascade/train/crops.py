"""One stored crop a face, from which every sample of it is cut on the fly.

A crop shows the canonical square in the middle of twice its side, cut from the photo (its
edge pixels repeated beyond the border, as at detection). Displaced, turned and scaled
windows around the face all lie inside it, so thirty thousand crops stand for any number of
samples.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade import images
from smilecascade.datasets.framing import nose_base
from smilecascade.errors import ImageError
from smilecascade.geometry.boxes import FloatArray, Point, intersections, squares_about
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto, FaceLabel, Landmarks
from smilecascade.train.stored import is_stored, note_inputs

#: Side of a stored crop, pixels, and how many sides of the face's square it shows.
STORED = 128
CONTEXT = 2.0

#: Faces smaller than this in the photo show nothing that a net could learn.
LEAST_SIDE = 10.0

#: Changes when what is stored of the points does: older crops are then refused.
POINTS_VERSION = 2

#: The points of a face that sets label, in the order of ``FaceCrops.points``.
POINTS = ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth", "mouth")

_Row = tuple[object, ...]
_POINT_COLUMNS = tuple(f"{point}_{axis}" for point in POINTS for axis in "xy")
_COLUMNS = ("set", "photo", "group", "role", "side", "alone", *_POINT_COLUMNS)


@dataclass(frozen=True, kw_only=True)
class FaceCrops:
    """All stored crops: pixels (N, 128, 128, 3) uint8, memory-mapped, and what they show.

    sets: (N,) the folder of each face's set. side: (N,) the square's side in the photo.
    alone: (N,) whether every face of the photo is labelled and no other label reaches into the
    crop, so that windows beside the face hold none. points: (N, 6, 2) float32, x and y of
    ``POINTS`` from the square's centre in sides of the square; NaN where a point is not labelled.
    """

    pixels: Pixels
    sets: NDArray[np.str_]
    side: NDArray[np.float32]
    alone: NDArray[np.bool_]
    points: FloatArray

    def __len__(self) -> int:
        return len(self.pixels)


def store(photos: Iterable[tuple[str, AnnotatedPhoto]], folder: Path, inputs: Mapping[str, Any]) -> FaceCrops:
    """Cut and store the crops of all faces, unless they are stored already; returns them.

    ``inputs``: what they depend on; SpecError where the stored ones came from others.
    """
    inputs = {**inputs, "size": STORED, "context": CONTEXT, "points": POINTS_VERSION}
    if not is_stored(folder / "faces.npy", inputs):
        folder.mkdir(parents=True, exist_ok=True)
        rows, raw = [], folder / "faces.raw.partial"
        with raw.open("wb") as file:
            for name, photo in photos:
                for row, crop in _crops_of(name, photo):
                    rows.append(row)
                    file.write(crop.tobytes())
        _write_rows(folder / "faces.csv", rows)
        note_inputs(folder / "faces.npy", inputs)
        finish_array(raw, folder / "faces.npy", (len(rows), STORED, STORED, 3))
    return read(folder)


def read(folder: Path) -> FaceCrops:
    """The stored crops of a folder."""
    with (folder / "faces.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return FaceCrops(
        pixels=np.load(folder / "faces.npy", mmap_mode="r"),
        sets=np.array([row["set"] for row in rows], dtype=np.str_),
        side=np.array([row["side"] for row in rows], np.float32),
        alone=np.array([row["alone"] == "1" for row in rows], bool),
        points=np.array(
            [[row[column] or "nan" for column in _POINT_COLUMNS] for row in rows], np.float32
        ).reshape(-1, len(POINTS), 2),
    )


def _crops_of(name: str, photo: AnnotatedPhoto) -> list[tuple[_Row, Pixels]]:
    wanted = [face for face in photo.faces if _is_positive(face)]
    if not wanted:
        return []
    try:
        image = images.read(photo.path)
    except ImageError:
        return []
    others = photo.squares()
    found: list[tuple[_Row, Pixels]] = []
    for face in wanted:
        square = np.array([face.square], np.float32)
        around = squares_about((square[:, :2] + square[:, 2:]) / 2, np.array([face.side * CONTEXT]))
        alone = photo.complete and int((intersections(around, others) > 0).sum()) == 1
        row = (name, photo.name, face.group, face.role, round(face.side, 2), int(alone))
        found.append(((*row, *_points_of(face)), cut(image, tuple(around[0].tolist()), STORED)))
    return found


def _points_of(face: FaceLabel) -> list[str]:
    """x and y of each point from the square's centre, in sides of the square; "" where unknown."""
    x1, y1, x2, y2 = face.square
    written: list[str] = []
    for name in POINTS:
        point = None if face.points is None else _canonical(face.points, name)
        if point is None:
            written += ["", ""]
        else:
            written += [
                f"{(point[0] - (x1 + x2) / 2) / face.side:.4f}",
                f"{(point[1] - (y1 + y2) / 2) / face.side:.4f}",
            ]
    return written


def _canonical(points: Landmarks, name: str) -> Point | None:
    """A point as WebFaces would mark it: sets of five points mark the tip of the nose, not its base."""
    point: Point | None = getattr(points, name)
    eyes, mouth = points.middles()
    if name != "nose" or point is None or points.mouth or eyes is None or mouth is None:
        return point
    return nose_base(eyes, mouth, point)


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


def _write_rows(path: Path, rows: list[_Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows(rows)


def finish_array(raw: Path, place: Path, shape: tuple[int, ...]) -> None:
    """Turn raw bytes into a ``.npy`` by copying in blocks, to the side, then rename."""
    partial = place.with_suffix(".npy.partial")
    flat = np.memmap(raw, np.uint8, "r") if shape[0] else np.zeros(0, np.uint8)
    with partial.open("wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, len(flat), 1 << 26):
            file.write(flat[start : start + (1 << 26)].tobytes())
    partial.rename(place)
    raw.unlink()
