"""Which sets are trained on, which are only measured on, and where they lie."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from smilecascade.datasets import open_set
from smilecascade.errors import DatasetError
from smilecascade.records import AnnotatedPhoto


@dataclass(frozen=True, kw_only=True)
class TrainingSet:
    """A set of faces: its folder below the data folder, its format, and its weight in a batch."""

    folder: str
    format: str
    weight: float
    """How often a face of it is drawn, relative to the others: sets of one source and one pose
    teach less a face than those of covered, tilted and small ones."""


MERGED: tuple[TrainingSet, ...] = (
    TrainingSet(folder="caltech_webfaces_train", format="webfaces", weight=1.0),
    TrainingSet(folder="lfw_150px", format="lfw", weight=0.4),
    TrainingSet(folder="mtfl_80px", format="mtfl", weight=0.6),
    TrainingSet(folder="fddb_train", format="fddb", weight=1.5),
    TrainingSet(folder="masks_ilc", format="masks", weight=1.6),
    TrainingSet(folder="people", format="wider", weight=1.2),
)

#: Its photos of some people are never trained on: the points are measured on them.
POINTS = next(chosen for chosen in MERGED if chosen.format == "lfw")

BACKGROUNDS = "backgrounds"
VALIDATION = TrainingSet(folder="caltech_webfaces_val", format="webfaces", weight=1.0)

#: So many backgrounds are never mined: false alarms are counted on them.
HELD_BACK_BACKGROUNDS = 200


def training_photos(data: Path) -> Iterator[tuple[str, AnnotatedPhoto]]:
    """Every photo of the merged sets, with the folder of its set; but for ``points_photos``."""
    for chosen in MERGED:
        for photo in open_set(chosen.format, _existing(data / chosen.folder)):
            if chosen.folder != POINTS.folder or not _is_held_back(photo):
                yield chosen.folder, photo


def points_photos(data: Path) -> list[AnnotatedPhoto]:
    """The photos on which points are measured: one person in ten of a set that marks them exactly."""
    return [
        photo for photo in open_set(POINTS.format, _existing(data / POINTS.folder)) if _is_held_back(photo)
    ]


def _is_held_back(photo: AnnotatedPhoto) -> bool:
    """By the person, whose name is the folder, so that none is in training with another photo."""
    return zlib.crc32(photo.name.split("/")[0].encode()) % 10 == 0


def background_photos(data: Path) -> tuple[list[AnnotatedPhoto], list[AnnotatedPhoto]]:
    """Photos without faces: those to cut negatives from, and the held-back ones.

    Every so-many-th by name is held back, so that each of the sources has its part; of few
    photos no more than a quarter.
    """
    photos = sorted(open_set("backgrounds", _existing(data / BACKGROUNDS)), key=lambda photo: photo.name)
    every = max(4, len(photos) // HELD_BACK_BACKGROUNDS)
    held_back = photos[::every][:HELD_BACK_BACKGROUNDS]
    names = {photo.name for photo in held_back}
    return [photo for photo in photos if photo.name not in names], held_back


def validation_photos(data: Path) -> list[AnnotatedPhoto]:
    """The photos on which thresholds and nets are chosen."""
    return list(open_set(VALIDATION.format, _existing(data / VALIDATION.folder)))


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no such folder; unpack the data sets and give their folder as --data")
    return folder
