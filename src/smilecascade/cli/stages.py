"""``smilecascade stages``: what every step of the cascade does to one photo, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import click
import numpy as np

import smilecascade
from smilecascade.cli.failures import TargetError
from smilecascade.cli.options import bundle_option, debug_option, min_face_option, min_score_option
from smilecascade.cli.targets import require_file, standard_output
from smilecascade.detect.cascade import Stage
from smilecascade.draw import draw_stages
from smilecascade.draw.stages import caption, total
from smilecascade.geometry.boxes import Box, FloatArray
from smilecascade.images import WRITABLE_SUFFIXES, read, save

#: The quickest of so many runs is shown: the first one of a net is slow, and others may be disturbed.
RUNS = 3

#: Characters of a wrong line that its error shows.
SHOWN = 40


def _picture(ctx: click.Context, param: click.Parameter, out: Path) -> Path:
    if out.suffix.lower() not in WRITABLE_SUFFIXES:
        raise click.BadParameter(f"{out}: give a name that ends in {' or '.join(WRITABLE_SUFFIXES)}.")
    return out


def _boxes(ctx: click.Context, param: click.Parameter, path: Path | None) -> FloatArray:
    """The boxes of a label file, (N, 4); a usage error names the line that holds none."""
    lines = path.read_text("utf-8", errors="replace").splitlines() if path else []
    found = [_box(line, f"{path}, line {k}") for k, line in enumerate(lines, start=1) if line.strip()]
    return np.array(found, np.float32).reshape(-1, 4)


def _box(line: str, where: str) -> Box:
    try:
        x1, y1, x2, y2 = box = tuple(map(float, line.split()))
    except ValueError:
        box = ()
    if not (box and all(map(isfinite, box)) and x1 < x2 and y1 < y2):
        shown = line if len(line) <= SHOWN else line[:SHOWN] + "…"
        raise click.BadParameter(f"{where}: expected x1 y1 x2 y2 with x1 < x2 and y1 < y2, got {shown!r}.")
    return (x1, y1, x2, y2)


@click.command()
@click.argument("photo", type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="PICTURE",
    required=True,
    type=click.Path(path_type=Path),
    callback=_picture,
    help=f"The picture to write; its name ends in {' or '.join(WRITABLE_SUFFIXES)}.",
)
@click.option(
    "--labels",
    "faces",
    metavar="FILE",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    callback=_boxes,
    help="The true faces, drawn in white: a text file with a line x1 y1 x2 y2 for each, in pixels "
    "of the upright photo.",
)
@min_face_option(default=40, what="searched; smaller faces take more time")
@min_score_option
@bundle_option
@debug_option
def stages(
    photo: Path, out: Path, faces: FloatArray, min_face: float, min_score: float | None, bundle: Path | None
) -> None:
    """Draw what every step of the cascade does to a photo.

    A panel for each step shows the windows that are left after a level has classified,
    calibrated and filtered them. How many these are and how long the step took on one core, in
    the quickest of three runs, is written below it, and printed.
    """
    require_file(out)
    if out.resolve() == photo.resolve():
        raise TargetError(f"{out}: is the photo, which the picture would replace; give --out another name")
    cascade = smilecascade.load(bundle, threads=1)
    image = read(photo)
    runs = [cascade.trace(image, min_face=min_face, min_score=min_score) for _ in range(RUNS)]
    trace = min(runs, key=_elapsed_s)
    save(draw_stages(image, trace, faces), out)
    for words in (*map(caption, trace), total(trace)):
        click.echo(f"{words.step:<24}  {words.windows:>28}  {words.time:>12}", file=standard_output())


def _elapsed_s(trace: Sequence[Stage]) -> float:
    return sum(stage.elapsed_s for stage in trace)
