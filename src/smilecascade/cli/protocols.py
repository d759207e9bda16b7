"""``smilecascade evaluate --protocol``: the field's own ways of judging, on sets laid out as published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from smilecascade.cli.progress import Progress
from smilecascade.cli.targets import standard_output
from smilecascade.errors import DatasetError
from smilecascade.evaluate.peers import Detector
from smilecascade.evaluate.protocols import fddb, report, subsets, wider
from smilecascade.images import read, size
from smilecascade.interchange.fddb import read_results
from smilecascade.interchange.regions import MarkedPhoto, Region
from smilecascade.interchange.wider import read_result, result_file

PROTOCOLS = ("fddb", "wider")

#: What each detector, by name, found in each photo.
Found = dict[str, list[MarkedPhoto]]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is judged, and how.

    detectors: look at the photos, with faces from ``min_face`` pixels on. detections: a file or folder of
    detections in the set's own format, which are judged in place of detectors. subsets: lists of faces.
    out: the folder of what is written, and facts, what figures.json says first.
    """

    detectors: Sequence[Detector] = ()
    min_face: float = 0
    detections: Path | None = None
    subsets: Sequence[Path] = ()
    out: Path | None = None
    facts: Mapping[str, Any]


def judge(protocol: str, folder: Path, wanted: Wanted) -> None:
    """Print the figures of one of ``PROTOCOLS`` on the set in a folder, and write what is wanted."""
    {"fddb": _judge_by_fddb, "wider": _judge_by_wider}[protocol](folder, wanted)


def _judge_by_fddb(folder: Path, wanted: Wanted) -> None:
    fddb.require_scipy()
    folds = fddb.folds(folder)
    photos = [photo for fold in folds for photo in fold.photos]
    paths = [fold.folder / photo.name for fold in folds for photo in fold.photos]
    if wanted.detections:
        found = {wanted.detections.resolve().name: _of_fddb(wanted.detections, photos, paths)}
    else:
        found = _look(photos, paths, wanted)
    figures = {name: fddb.figures(folds, one) for name, one in found.items()}
    _print(folder, f"{len(photos)} photos, {_faces(photos)} faces", report.fddb_table(figures))
    if wanted.out:
        report.write_fddb(wanted.out, wanted.facts, folds, figures, found)


def _judge_by_wider(folder: Path, wanted: Wanted) -> None:
    photos, images = wider.labels(folder)
    named = {path.stem: subsets.read(path, photos) for path in wanted.subsets}
    if len(named) < len(wanted.subsets):
        raise click.UsageError("--subset: two lists have the same name, by which the figures would be told.")
    named = named or {"all": wider.every_valid(photos)}
    if wanted.detections:
        found = {wanted.detections.resolve().name: _of_wider(wanted.detections, photos)}
    else:
        found = _look(photos, [images / photo.name for photo in photos], wanted)
    curves = {
        name: {subset: wider.curve(photos, one, faces) for subset, faces in named.items()}
        for name, one in found.items()
    }
    counts = [f"{subset}: {sum(map(sum, faces))} faces" for subset, faces in named.items()]
    _print(folder, f"{len(photos)} photos; {', '.join(counts)}", report.wider_table(curves))
    if wanted.out:
        report.write_wider(wanted.out, wanted.facts, curves, found)


def _look(photos: Sequence[MarkedPhoto], paths: Sequence[Path], wanted: Wanted) -> Found:
    found: Found = {detector.name: [] for detector in wanted.detectors}
    with Progress(len(photos), visible=True) as progress:
        for photo, path in zip(photos, paths, strict=True):
            image = read(path)
            height, width = image.shape[:2]
            for detector in wanted.detectors:
                faces = detector.detect(image, wanted.min_face)
                regions = tuple(Region(box=face.box, score=face.score) for face in faces)
                one = MarkedPhoto(name=photo.name, size=(width, height), regions=regions)
                found[detector.name].append(one)
            progress.advance()
    return found


def _of_fddb(path: Path, photos: Sequence[MarkedPhoto], images: Sequence[Path]) -> list[MarkedPhoto]:
    """The detections of a file, or of all files *-out.txt of a folder, in the order of these photos.

    Sizes are those of the images, as far as these are there: the protocol counts what lies inside.
    """
    files = sorted(path.glob("*-out.txt")) if path.is_dir() else [path]
    given = {photo.name: photo for file in files for photo in read_results(file)}
    missing = [photo.name for photo in photos if photo.name not in given]
    if missing:
        raise DatasetError(
            f"{path}: has nothing of {len(missing)} photos of the set, {missing[0]} first; a photo without "
            "detections has a count of 0"
        )
    return [
        replace(given[photo.name], size=size(image) if image.is_file() else None)
        for photo, image in zip(photos, images, strict=True)
    ]


def _of_wider(folder: Path, photos: Sequence[MarkedPhoto]) -> list[MarkedPhoto]:
    """The detections in a folder, in the order of these photos; without a file there are none."""
    files = [result_file(folder, photo.name) for photo in photos]
    missing = sum(not file.is_file() for file in files)
    if missing == len(files):
        raise DatasetError(f"{folder}: expected EVENT/PHOTO.txt for the photos of the set, got none of them")
    if missing:
        click.echo(
            f"warning: {folder}: has no file for {missing} photos: nothing was found in them", err=True
        )
    return [
        MarkedPhoto(name=photo.name, regions=read_result(file) if file.is_file() else ())
        for photo, file in zip(photos, files, strict=True)
    ]


def _faces(photos: Sequence[MarkedPhoto]) -> int:
    return sum(len(photo.regions) for photo in photos)


def _print(folder: Path, counts: str, table: str) -> None:
    click.echo(f"{folder}: {counts}\n\n{table}", file=standard_output())
