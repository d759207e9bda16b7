"""Milliseconds a photo, ours beside YuNet, and accuracy with the very same settings.

    python benchmarks/latency.py DATA/caltech_webfaces_val --yunet yunet_n_dynamic.onnx [--accuracy]

One thread, in one process: each photo goes to each detector in turn, so that whatever
disturbs the machine disturbs all of them, and what counts is the ratio. Photos are taken
from the set, enlarged until they cover the size and cropped about their centre; the time
starts with the decoded photo and ends with its faces.

YuNet looks at the photo shrunk until the smallest wanted face is 16 px; the shrinking is
part of its time. It is timed twice: shrunk by OpenCV's linear interpolation, the fastest
there is, and by areas, which keeps its accuracy where a photo is shrunk much. All detectors
report everything from a score of 0.02 up, as accuracy needs it, so that speed and accuracy
are those of the same settings; next to a score of 0.3 this costs YuNet about 0.1 ms.

--accuracy: average precision on the whole set, in its own size, with the same detectors.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

import smilecascade
from smilecascade.datasets import READERS, open_set
from smilecascade.evaluate.measure import Found, performance
from smilecascade.evaluate.peers import Detector, Ours, YuNet, opencv
from smilecascade.evaluate.report import figures_table, markdown
from smilecascade.images import read
from smilecascade.records import AnnotatedPhoto

Pixels = NDArray[np.uint8]

SIZES = ((640, 480), (1280, 720))
MIN_FACES = (40, 80)
LEAST_SCORE = 0.02

#: The smallest wanted face when accuracy is measured: the photos are no larger than 400 px.
ACCURACY_MIN_FACE = 40


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--format", type=click.Choice(sorted(READERS)), default="webfaces", show_default=True)
@click.option("--yunet", required=True, type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--bundle", type=click.Path(path_type=Path), help="Ours; without it the shipped one.")
@click.option("--photos", type=click.IntRange(1), default=40, show_default=True)
@click.option(
    "--rounds", type=click.IntRange(1), default=5, show_default=True, help="Times each photo is timed."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Which photos are drawn.")
@click.option("--accuracy", is_flag=True, help="Measure average precision too.")
def main(
    folder: Path,
    format: str,
    yunet: Path,
    bundle: Path | None,
    photos: int,
    rounds: int,
    seed: int,
    accuracy: bool,
) -> None:
    """Measure and print."""
    opencv().setNumThreads(1)
    labelled = list(open_set(format, folder))
    detectors = competitors(smilecascade.load(bundle, threads=1), yunet)
    drawn = drawn_photos(labelled, photos, np.random.default_rng(seed))
    click.echo(speed_table(detectors, drawn, rounds))
    if accuracy:
        click.echo(f"\n{accuracy_table(detectors, labelled)}")


def competitors(cascade: smilecascade.Cascade, yunet: Path) -> list[Detector]:
    """Ours, and YuNet with both ways to shrink a photo; one thread each."""
    linear, area = (
        YuNet(yunet, smallest=16, interpolation=interpolation, min_score=LEAST_SCORE)
        for interpolation in ("linear", "area")
    )
    linear.name += " linear"
    area.name += " area"
    return [Ours(cascade=cascade, min_score=LEAST_SCORE), linear, area]


def drawn_photos(
    labelled: Sequence[AnnotatedPhoto], count: int, generator: np.random.Generator
) -> list[Image.Image]:
    """So many different photos of the set, decoded; fewer where the set has fewer."""
    rows = generator.permutation(len(labelled))[:count]
    return [Image.fromarray(read(labelled[row].path)) for row in rows]


def speed_table(detectors: Sequence[Detector], photos: Sequence[Image.Image], rounds: int) -> str:
    """A line a size, smallest face and detector: median ms, and how many times as long ours takes."""
    lines = []
    for size in SIZES:
        images = [covering(photo, size) for photo in photos]
        for min_face in MIN_FACES:
            elapsed_ms = race(detectors, images, min_face, rounds)
            lines += [
                (f"{size[0]}x{size[1]}", str(min_face), detector.name, f"{np.median(times):.2f}", ratio)
                for detector, times, ratio in zip(detectors, elapsed_ms, ratios(elapsed_ms), strict=True)
            ]
    return markdown(("photo", "smallest face", "detector", "median ms", "ours / this (quartiles)"), lines)


def covering(photo: Image.Image, size: tuple[int, int]) -> Pixels:
    """The photo resized until it covers the size, and cropped about its centre: (H, W, 3)."""
    return np.asarray(ImageOps.fit(photo, size, Image.Resampling.BICUBIC))


def race(
    detectors: Sequence[Detector], images: Sequence[Pixels], min_face: float, rounds: int
) -> NDArray[np.float64]:
    """Milliseconds of each detector for each photo, the median of its rounds: (detectors, photos).

    Photo by photo all detectors take their turn; who begins changes from round to round.
    """
    elapsed_ms = np.zeros((rounds, len(detectors), len(images)))
    for detector in detectors:
        detector.detect(images[0], min_face)
    for turn in range(rounds):
        order = np.roll(np.arange(len(detectors)), turn)
        for column, image in enumerate(images):
            for row in order:
                started = time.perf_counter()
                detectors[row].detect(image, min_face)
                elapsed_ms[turn, row, column] = 1000 * (time.perf_counter() - started)
    return np.median(elapsed_ms, axis=0)


def ratios(elapsed_ms: NDArray[np.float64]) -> list[str]:
    """The first detector's median in each detector's medians; quartiles of the photos' own ratios."""
    medians = np.median(elapsed_ms, axis=1)
    low, high = np.percentile(elapsed_ms[0] / elapsed_ms, [25, 75], axis=1)
    return [
        f"{ratio:.2f} ({first:.2f}–{third:.2f})"
        for ratio, first, third in zip(medians[0] / medians, low, high, strict=True)
    ]


def accuracy_table(detectors: Sequence[Detector], labelled: Sequence[AnnotatedPhoto]) -> str:
    """The figures of the same detectors on the whole set, as in ``smilecascade evaluate``."""
    found: list[list[Found]] = [[] for _ in detectors]
    for photo in labelled:
        image = read(photo.path)
        for detector, faces in zip(detectors, found, strict=True):
            faces.append(Found.of(detector.detect(image, ACCURACY_MIN_FACE)))
    return figures_table(
        performance(detector.name, labelled, faces, min_face=ACCURACY_MIN_FACE)
        for detector, faces in zip(detectors, found, strict=True)
    )


if __name__ == "__main__":
    main()
