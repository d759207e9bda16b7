"""How coarse the first level may search, with calibration and without it.

    python benchmarks/search.py DATA [--bundle DIR]...

For each bundle, number of scales an octave, with and without calibration: the windows that
level 1 is asked about, and those that it hands on, a photo, at the threshold that keeps a
share of the faces (a window that survives overlaps the face's square by 0.4). Photos of
DATA/caltech_webfaces_val, faces from 24 px up.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from smilecascade.bundle import Bundle, open_bundle
from smilecascade.detect.cascade import Detector, Stage
from smilecascade.evaluate.levels import KEPT_IOU_FIRST, LEAST_SIDE
from smilecascade.evaluate.report import markdown
from smilecascade.geometry.boxes import iou, sides
from smilecascade.images import read
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.train.sets import validation_photos
from smilecascade.train.thresholds import threshold_for

#: Threshold of a level that keeps nearly everything.
WIDE_OPEN = 0.001

TITLES = ("net", "stride", "scales an octave", "calibrated", "windows in", "handed on", "threshold")


@click.command(help=__doc__)
@click.argument("data", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option(
    "--bundle", "bundles", multiple=True, type=click.Path(path_type=Path), help="Without it the shipped one."
)
@click.option("--scales", multiple=True, type=int, default=(1, 2, 3), show_default=True)
@click.option("--recall", default=0.995, show_default=True)
@click.option("--min-face", default=20.0, show_default=True)
def main(
    data: Path, bundles: tuple[Path, ...], scales: tuple[int, ...], recall: float, min_face: float
) -> None:
    """Measure and print."""
    photos = validation_photos(data)
    wanted = [photo.squares("face") for photo in photos]
    faces = [squares[sides(squares) >= LEAST_SIDE] for squares in wanted]
    images = [read(photo.path) for photo in photos]
    lines = []
    for path in bundles or (None,):
        for octave in scales:
            for bundle in (open_bundle(path), open_bundle(path).uncalibrated()):
                spec = replace(bundle.spec, scales_per_octave=octave)
                lines.append(_line(replace(bundle, spec=spec), images, faces, recall, min_face))
    click.echo(
        f"level 1 at {recall:.1%} of the faces, smallest face {min_face:g}\n\n{markdown(TITLES, lines)}"
    )


def _line(
    bundle: Bundle, images: list[Pixels], faces: list[np.ndarray], recall: float, min_face: float
) -> tuple[str, ...]:
    first = bundle.spec.levels[0]
    wide = replace(bundle.spec, levels=(replace(first, min_score=WIDE_OPEN),))
    detector = Detector(replace(bundle, spec=wide, nets=bundle.nets[:1]), threads=1)
    entered, scores, best = 0, [], []
    for image, squares in zip(images, faces, strict=True):
        stages: list[Stage] = []
        kept = detector.survivors(Mipmaps(image), min_face=min_face, watch=stages.append)
        entered += stages[0].entered
        scores.append(kept.scores)
        best.append(np.where(iou(squares, kept.boxes) >= KEPT_IOU_FIRST, kept.scores, 0).max(1, initial=0))
    threshold = threshold_for(np.concatenate(best), recall)
    handed_on = (np.concatenate(scores) >= threshold).sum()
    return (
        first.net,
        str(first.stride),
        str(bundle.spec.scales_per_octave),
        "yes" if first.calibrate else "no",
        f"{entered / len(images):.0f}",
        f"{handed_on / len(images):.1f}" if threshold > WIDE_OPEN else "recall not reached",
        f"{threshold:.3f}",
    )


if __name__ == "__main__":
    main()
