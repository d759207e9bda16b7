"""How well the five points of a face are named, and what the look that names them costs.

    python benchmarks/points.py DATA

Faces from 40 px up that are found (their square overlaps the found one by 0.5): the mean
distance of each point from where the labels have it, in distances of the eyes.

- lfw: photos of DATA/lfw_150px of people who are never trained on. Five points, marked exactly.
- webfaces: DATA/caltech_webfaces_val. Four points, which are not quite the same: the base of
  the nose instead of its tip, and the centre of the mouth instead of its corners. Both are moved
  to the usual place by the medians of ``datasets.framing``; the middle of the corners is compared.

The cost is the time of that last look in a photo, and of the whole detection.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

import smilecascade
from smilecascade.datasets.framing import in_five_points_style
from smilecascade.geometry.boxes import iou, square_of_box
from smilecascade.images import read
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto, Face, FaceLabel
from smilecascade.train.sets import points_photos, validation_photos

LEAST_SIDE = 40


@click.command(help=__doc__)
@click.argument("data", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--bundle", type=click.Path(path_type=Path), help="Ours; without it the shipped one.")
def main(data: Path, bundle: Path | None) -> None:
    """Measure and print."""
    cascade = smilecascade.load(bundle, threads=1)
    for name, photos in (("lfw", points_photos(data)), ("webfaces", validation_photos(data))):
        each = np.array([error(*pair) for photo in photos for pair in pairs(cascade, photo)])
        of_points = ", ".join(f"{value:.2%}" for value in each.mean(0))
        click.echo(
            f"{name}: {len(each)} faces from {LEAST_SIDE} px, mean error {each.mean():.2%} of the distance "
            f"of the eyes ({of_points}), {(each.mean(1) > 0.1).mean():.1%} of the faces over 10%"
        )
    looking, whole = cost(cascade, [read(photo.path) for photo in validation_photos(data)[:100]])
    click.echo(f"{looking:.2f} ms of {whole:.2f} ms a photo, smallest face 40")


def pairs(cascade: smilecascade.Cascade, photo: AnnotatedPhoto) -> list[tuple[Face, FaceLabel]]:
    """The labelled faces of a photo that are found, each with what was found."""
    faces = cascade.detect(read(photo.path), min_face=30)
    squares = np.array([square_of_box(face.box) for face in faces], np.float32).reshape(-1, 4)
    found = []
    for label in photo.faces:
        near = iou(np.array([label.square], np.float32), squares)[0]
        if label.role == "face" and label.side >= LEAST_SIDE and near.max(initial=0) >= 0.5:
            found.append((faces[int(near.argmax())], label))
    return found


def error(face: Face, label: FaceLabel) -> list[float]:
    """Distances of the points from their labels, in distances of the eyes."""
    assert face.points is not None
    assert label.points is not None
    known, named = in_five_points_style(label.points), np.array(face.points)
    if known.mouth is None:
        wanted = [known.left_eye, known.right_eye, known.nose, known.left_mouth, known.right_mouth]
    else:
        wanted = [known.left_eye, known.right_eye, known.nose, known.mouth]
        named = np.array([*named[:3], named[3:].mean(0)])
    truth = np.array(wanted, np.float64)
    eyes = np.linalg.norm(truth[0] - truth[1])
    return (np.linalg.norm(named - truth, axis=1) / eyes).tolist()


def cost(cascade: smilecascade.Cascade, images: Sequence[Pixels], rounds: int = 5) -> tuple[float, float]:
    """Mean ms a photo of the last look, and of the whole detection."""
    traces = [cascade.trace(image, min_face=40) for _ in range(rounds) for image in images]
    spent = np.array(
        [
            [sum(s.elapsed_s for s in trace if s.step == "aligned"), sum(s.elapsed_s for s in trace)]
            for trace in traces
        ]
    )
    looking, whole = (1000 * spent.mean(0)).tolist()
    return looking, whole


if __name__ == "__main__":
    main()
