"""``smilecascade evaluate``: the figures of the detector, and of others beside it, on labelled photos."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import smilecascade
from smilecascade.cli.hardcases import hard_cases
from smilecascade.cli.mistakes import print_by_size, write_worst
from smilecascade.cli.options import (
    NumberRange,
    bundle_option,
    debug_option,
    min_face_option,
    threads_option,
)
from smilecascade.cli.progress import Progress
from smilecascade.cli.protocols import PROTOCOLS, Wanted, judge
from smilecascade.cli.targets import require_folder, standard_output
from smilecascade.datasets import READERS, open_set
from smilecascade.errors import DatasetError
from smilecascade.evaluate import report
from smilecascade.evaluate.breakdown import tint
from smilecascade.evaluate.levels import LevelTable
from smilecascade.evaluate.measure import Found, performance
from smilecascade.evaluate.peers import Detector, Haar, Ours, Traced, Uncalibrated, YuNet
from smilecascade.export import FoundFaces
from smilecascade.images import read
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto

#: Where precision and recall end: a curve that stops at the score users see stops too early.
LEAST_SCORE = 0.02

#: YuNet is measured in full size, and shrunk until the smallest wanted face has this side.
YUNET_SMALLEST = 16

#: Seed of the bootstrap.
SEED = 1

#: What each detector, by name, found in each photo.
Detections = dict[str, list[FoundFaces]]


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option(
    "--format",
    type=click.Choice(sorted(READERS)),
    help="Whose layout the folder DIR has. Required without --protocol.",
)
@click.option(
    "--protocol",
    type=click.Choice(PROTOCOLS),
    help="Judge as the set of this name is judged, and not as described above: fddb, true positive rates by "
    "the discrete and the continuous score at 100, 1000 and 2000 false positives; wider, average precision. "
    "DIR has the set's layout. Needs the extra 'benchmark'. See docs/protocols.md.",
)
@click.option(
    "--subset",
    "subsets",
    metavar="FILE",
    multiple=True,
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="With --protocol wider: count the faces of this list, as wider_hard_val.mat, a .json file "
    '{"EVENT/PHOTO.jpg": [1, 3]}, or a text file with a line EVENT/PHOTO.jpg 3 a face. Without it all '
    "valid ones.",
)
@click.option(
    "--detections",
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="With --protocol: judge what this file or folder holds in the set's format of results, and look at "
    "no photo.",
)
@bundle_option
@min_face_option(default=20, what="that is searched and required")
@click.option(
    "--min-score",
    metavar="SCORE",
    type=NumberRange(0, 1),
    default=LEAST_SCORE,
    show_default=True,
    help="Least score of a detection that counts; low, so that the curves do not end early. The table of "
    "the levels is made with the bundle's own thresholds.",
)
@threads_option(default=1)
@click.option(
    "--uncalibrated",
    is_flag=True,
    help="Measure the same nets without calibration beside it: no window is moved onto its face.",
)
@click.option(
    "--by-size",
    is_flag=True,
    help="Print also which faces each detector finds: the recall at 1 false positive a photo by their size, "
    "by the groups that the set names (with and without a mask, say), and in grey and colour photos.",
)
@click.option(
    "--worst",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write contact sheets of the faces that are missed (largest first) and of the false alarms (surest "
    "first) at the bundle's own threshold into the folder DIR; mistakes.csv, which names all; and recall.md, "
    "the recall as --by-size tells it.",
)
@click.option(
    "--stress",
    is_flag=True,
    help="Measure hard cases instead, made from the largest face of each photo: rolled, small, filling the "
    "photo, cut by its border, blurred, compressed, dark, noisy. With --out stress.csv, stress.svg and "
    "stress.json are written.",
)
@click.option(
    "--yunet",
    metavar="FILE",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="Measure YuNet beside it, from this ONNX file: in full size, and on photos shrunk until the "
    "smallest wanted face is 16 px; needs the extra 'benchmark'.",
)
@click.option(
    "--haar", is_flag=True, help="Measure OpenCV's Haar cascade beside it; needs the extra 'benchmark'."
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write figures.json, froc.csv, froc.png, levels.csv and detections.jsonl into the folder DIR; "
    "needs the extra 'benchmark'.",
)
@debug_option
def evaluate(
    folder: Path,
    format: str | None,
    protocol: str | None,
    subsets: tuple[Path, ...],
    detections: Path | None,
    bundle: Path | None,
    min_face: float,
    min_score: float,
    threads: int,
    uncalibrated: bool,
    by_size: bool,
    worst: Path | None,
    stress: bool,
    yunet: Path | None,
    haar: bool,
    out: Path | None,
) -> None:
    """Measure the detector on labelled photos.

    Prints average precision at IoU 0.5 and 0.7, and recall at 0.1 and 1 false positives a
    photo, each with a 90% bootstrap interval over photos. Boxes are judged after one fitted
    transform for each detector, since box styles differ.

    Then, for each level and a photo: the windows that come in, that are classified as faces and
    that are left; the share of the faces from 24 px up that are kept so far, and how many
    windows are left for each; the median IoU of a window with its face before and after
    calibration; and milliseconds.
    """
    _check_usage(format, protocol, needs_protocol=bool(subsets or detections))
    others = {"--by-size": by_size, "--worst": worst}
    if protocol:
        _check_alone("a protocol", others)
    if stress:
        _check_alone("--stress", {**others, "--protocol": protocol, "--uncalibrated": uncalibrated})
    if out:
        require_folder(out, "--out")
    if worst:
        require_folder(worst, "--worst")
    facts = _facts(format or protocol, folder, min_face, min_score)
    if protocol and detections:
        wanted = Wanted(detections=detections, subsets=subsets, out=out, facts=facts)
        return judge(protocol, folder, wanted)
    if out and not protocol:
        report.require_matplotlib()
    cascade = smilecascade.load(bundle, threads=threads)
    facts["bundle"] = cascade.bundle.digest
    ours: list[Traced] = [Ours(cascade=cascade, min_score=min_score)]
    if uncalibrated:
        ours.append(Uncalibrated(cascade, min_score=min_score, threads=threads))
    peers = _peers(yunet, haar, min_score, threads, (None,) if stress else (None, YUNET_SMALLEST))
    if protocol:
        wanted = Wanted(detectors=[*ours, *peers], min_face=min_face, subsets=subsets, out=out, facts=facts)
        return judge(protocol, folder, wanted)
    photos = _photos(str(format), folder)
    if stress:
        return hard_cases(cascade, peers, photos, min_face, threads=threads, out=out, facts=facts)
    found, levels, tints = _look(ours, peers, photos, min_face)
    boxes = {name: [Found.of(one.faces) for one in faces] for name, faces in found.items()}
    performances = [
        performance(name, photos, faces, min_face=min_face, seed=SEED) for name, faces in boxes.items()
    ]
    click.echo(f"{folder}: {report.summary(performances, levels)}", file=standard_output())
    if by_size:
        print_by_size(performances, photos, boxes, tints, min_face)
    if worst:
        least_score = max(min_score, cascade.bundle.spec.levels[-1].min_score)
        write_worst(worst, photos, boxes[ours[0].name], tints, min_face=min_face, least_score=least_score)
    if out:
        report.write_all(out, facts, performances, levels, found)


def _check_usage(format: str | None, protocol: str | None, *, needs_protocol: bool) -> None:
    if not (format or protocol):
        raise click.UsageError("Missing option '--format': say whose layout DIR has, or give --protocol.")
    if protocol and format not in (None, protocol):
        raise click.UsageError(f"--protocol {protocol} judges sets of the format {protocol}, not {format}.")
    if needs_protocol and not protocol:
        raise click.UsageError("--subset and --detections belong to --protocol.")


def _check_alone(option: str, others: Mapping[str, object]) -> None:
    for other, given in others.items():
        if given:
            raise click.UsageError(f"{other} has no part in {option}.")


def _peers(
    yunet: Path | None, haar: bool, min_score: float, threads: int, sizes: Sequence[float | None]
) -> list[Detector]:
    peers: list[Detector] = []
    if yunet:
        peers += [YuNet(yunet, smallest=size, min_score=min_score, threads=threads) for size in sizes]
    return [*peers, Haar()] if haar else peers


def _photos(format: str, folder: Path) -> list[AnnotatedPhoto]:
    photos = list(open_set(format, folder))
    if not photos:
        raise DatasetError(
            f"{folder}: a {format} set without photos; give the folder that its authors unpack"
        )
    if not all(photo.complete for photo in photos):
        warning = "not every face of these photos is labelled: what counts as a false alarm may be a face"
        click.echo(f"warning: {folder}: {warning}", err=True)
    return photos


def _look(
    ours: Sequence[Traced], peers: Sequence[Detector], photos: Sequence[AnnotatedPhoto], min_face: float
) -> tuple[Detections, report.Levels, list[str]]:
    """What each detector finds, what our levels do, and the photos' tints; each photo is decoded once."""
    detectors = [*ours, *peers]
    found: Detections = {detector.name: [] for detector in detectors}
    tints: list[str] = []
    tables = [LevelTable(min_face) for _ in ours]
    with Progress(len(photos), visible=True) as progress:
        for photo in photos:
            image = read(photo.path)
            tints.append(tint(image))
            for detector in detectors:
                found[detector.name].append(_found(detector, photo, image, min_face))
            for table, one in zip(tables, ours, strict=True):
                table.add(photo, one.trace(image, min_face))
            progress.advance()
    return found, {one.name: table.summaries() for table, one in zip(tables, ours, strict=True)}, tints


def _found(detector: Detector, photo: AnnotatedPhoto, image: Pixels, min_face: float) -> FoundFaces:
    height, width = image.shape[:2]
    faces = tuple(detector.detect(image, min_face))
    return FoundFaces(path=str(photo.path), width=width, height=height, faces=faces)


def _facts(format: str | None, folder: Path, min_face: float, min_score: float) -> dict[str, Any]:
    return {
        "command": shlex.join(["smilecascade", *sys.argv[1:]]),
        "version": smilecascade.__version__,
        "format": format,
        "folder": str(folder),
        "min_face": min_face,
        "min_score": min_score,
        "seed": SEED,
    }
