"""How well the five points of a face are named, and what naming them costs.

    python benchmarks/points.py DATA

Faces of DATA/caltech_webfaces_val from 40 px up that are found (their square overlaps the
found one by 0.5): mean distance of the eyes, the nose and the middle of the mouth from where
the labels have them, in distances of the eyes. The cost is the last net's time with all its
outputs against that without the points, on 4 windows.
"""

from __future__ import annotations

import time
from pathlib import Path

import click
import numpy as np
import onnxruntime

import smilecascade
from smilecascade.geometry.boxes import iou, square_of_box
from smilecascade.images import read
from smilecascade.records import Face, FaceLabel
from smilecascade.train.sets import validation_photos

LEAST_SIDE = 40


@click.command(help=__doc__)
@click.argument("data", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--bundle", type=click.Path(path_type=Path), help="Ours; without it the shipped one.")
def main(data: Path, bundle: Path | None) -> None:
    """Measure and print."""
    cascade = smilecascade.load(bundle, threads=1)
    errors = []
    for photo in validation_photos(data):
        faces = cascade.detect(read(photo.path), min_face=30)
        squares = np.array([square_of_box(face.box) for face in faces], np.float32).reshape(-1, 4)
        for label in photo.faces:
            near = iou(np.array([label.square], np.float32), squares)[0]
            if label.role == "face" and label.side >= LEAST_SIDE and near.max(initial=0) >= 0.5:
                errors.append(error(faces[int(near.argmax())], label))
    each = np.array(errors)
    click.echo(
        f"{len(each)} faces from {LEAST_SIDE} px: mean error {each.mean():.2%} of the distance of the eyes "
        f"(left eye, right eye, nose, mouth: {', '.join(f'{value:.2%}' for value in each.mean(0))}), "
        f"{(each.mean(1) > 0.1).mean():.1%} of the faces over 10%"
    )
    with_points, without = cost(cascade.bundle.nets[-1])
    click.echo(f"4 windows: {with_points:.1f} µs with points, {without:.1f} without")


def error(face: Face, label: FaceLabel) -> list[float]:
    """Distances of four points from their labels, in distances of the eyes."""
    assert face.points is not None
    assert label.points is not None
    left, right, nose, *mouth = np.array(face.points)
    known = label.points
    wanted = np.array([known.left_eye, known.right_eye, known.nose, known.mouth])
    named = np.array([left, right, nose, np.mean(mouth, axis=0)])
    eyes = np.linalg.norm(wanted[0] - wanted[1])
    return (np.linalg.norm(named - wanted, axis=1) / eyes).tolist()


def cost(net: bytes, rounds: int = 2000) -> tuple[float, float]:
    """Median µs of a run with all outputs, and of one without the points, in turn."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(net, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    fewer = [name for name in names if name != "points"]
    pixels = np.random.default_rng(0).integers(0, 256, (4, 48, 48, 4), dtype=np.uint8)
    inputs = {"pixels": pixels, "min_score": np.array(0, np.float32)}
    elapsed_s = np.zeros((rounds, 2))
    for turn in range(rounds):
        for column, wanted in enumerate((names, fewer)):
            started = time.perf_counter()
            session.run(wanted, inputs)
            elapsed_s[turn, column] = time.perf_counter() - started
    with_points, without = (1e6 * np.median(elapsed_s, axis=0)).tolist()
    return with_points, without


if __name__ == "__main__":
    main()
