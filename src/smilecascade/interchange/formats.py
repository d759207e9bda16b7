"""The formats by name, and the way from one to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from smilecascade.errors import DatasetError
from smilecascade.interchange import coco, detections, fddb, voc, wider
from smilecascade.interchange.coco import Ids
from smilecascade.interchange.regions import MarkedPhoto


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a file does not say by itself.

    root: the folder that the names of photos are relative to; None: where detections name
          photos otherwise, these names stay.
    ids:  the COCO instances that the ids of COCO results belong to.
    """

    root: Path | None = None
    ids: Path | None = None

    def instances(self) -> Ids:
        """The ids; DatasetError where no file was named."""
        if self.ids is None:
            raise DatasetError("COCO results name photos by number alone: give the instances with --ids")
        return Ids.of(self.ids)


@dataclass(frozen=True, kw_only=True)
class Format:
    """A format: how it is read and written. is_folder: whether it is a folder of files."""

    read: Callable[[Path, Setting], Iterable[MarkedPhoto | None]]
    write: Callable[[Sequence[MarkedPhoto], Path, Setting], None]
    is_folder: bool = False


FORMATS: Mapping[str, Format] = {
    "detections": Format(
        read=lambda path, setting: detections.read(path, root=setting.root),
        write=lambda photos, path, setting: detections.write(photos, path, root=setting.root),
    ),
    "coco": Format(
        read=lambda path, _: coco.read_labels(path),
        write=lambda photos, path, _: coco.write_labels(photos, path),
    ),
    "coco-results": Format(
        read=lambda path, setting: coco.read_results(path, setting.instances()),
        write=lambda photos, path, setting: coco.write_results(photos, path, setting.instances()),
    ),
    "fddb": Format(
        read=lambda path, _: fddb.read_labels(path),
        write=lambda photos, path, _: fddb.write_labels(photos, path),
    ),
    "fddb-results": Format(
        read=lambda path, _: fddb.read_results(path),
        write=lambda photos, path, _: fddb.write_results(photos, path),
    ),
    "voc": Format(
        read=lambda path, _: voc.read(path),
        write=lambda photos, path, _: voc.write(photos, path),
        is_folder=True,
    ),
    "wider": Format(
        read=lambda path, _: wider.read_labels(path),
        write=lambda photos, path, _: wider.write_labels(photos, path),
    ),
    "wider-results": Format(
        read=lambda path, _: wider.read_results(path),
        write=lambda photos, path, _: wider.write_results(photos, path),
        is_folder=True,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a file holds. unread: photos that could not be read when it was written; empty: boxes
    without width or height, which mark no place. Both are left out of ``photos``."""

    photos: list[MarkedPhoto]
    unread: int
    empty: int


def read(path: Path, format: str, setting: Setting) -> Read:
    """The photos of a file or folder in one of ``FORMATS``; DatasetError for the first fault,
    and for a file in place of a folder or the other way round.
    """
    if path.is_dir() != FORMATS[format].is_folder:
        kinds = ("a file", "a folder")
        wanted, got = kinds[FORMATS[format].is_folder], kinds[path.is_dir()]
        raise DatasetError(f"{path}: {format} is {wanted}, and this is {got}; give --from another format")
    every = list(FORMATS[format].read(path, setting))
    photos = [photo for photo in every if photo is not None]
    sound = [
        replace(photo, regions=tuple(face for face in photo.regions if not face.is_empty)) for photo in photos
    ]
    empty = sum(map(_faces, photos)) - sum(map(_faces, sound))
    return Read(photos=sound, unread=len(every) - len(photos), empty=empty)


def guessed(path: Path) -> str | None:
    """The format that the name of a file tells, or None: most suffixes belong to several."""
    return "detections" if path.suffix.lower() == ".jsonl" else None


def _faces(photo: MarkedPhoto) -> int:
    return len(photo.regions)
