"""How well masking hides faces, and how much else it hides.

    python benchmarks/masking.py DATA [--share S]... [--looks plain|mirrored|upright|all] [--with STYLE]

Photos of DATA/caltech_webfaces_val, searched and covered as ``smilecascade mask`` does it. For each share
(least score of a face that is covered, in least scores of one that ``detect`` reports):

- covered: of the labelled faces from 24 px up, those of whose canonical square at least 80% of the pixels
  (within the photo) are covered;
- false: covers a photo that lie on no face: the square of what was found overlaps neither a labelled face
  nor one of unlabelled_faces.csv from score 0.78 on by an IoU of 0.3;
- elsewhere: covered share of the area without heads (squares of faces, larger by a quarter on every edge);
- beyond: covered share of all that lies outside the canonical squares: hair, ears, neck, and the margin
  that a cover is meant to have;
- ms: of one photo, median, on one core.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from numpy.typing import NDArray

import smilecascade
from smilecascade.evaluate.report import markdown
from smilecascade.geometry.boxes import Box, FloatArray, centres, iou, sides, square_of_box, squares_about
from smilecascade.images import read
from smilecascade.mask.covers import Cover, cover_of, needed
from smilecascade.mask.search import LYING, SURE_SHARE, UPRIGHT, Search, own_score
from smilecascade.mask.styles import STYLES, Style
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto
from smilecascade.train.sets import validation_photos

LEAST_SIDE = 24
COVERED_SHARE = 0.8
ON_FACE_IOU = 0.3
HEAD = 1.5

LOOKS = {
    "plain": (UPRIGHT[:1], ()),
    "mirrored": (UPRIGHT[:2], ()),
    "upright": (UPRIGHT, ()),
    "all": (UPRIGHT, LYING),
}

TITLES = ("share", "covered", "false a photo", "elsewhere", "beyond")


class Photo(NamedTuple):
    """A photo and squares (N, 4) of its faces: those that are to be covered, and all."""

    image: Pixels
    wanted: FloatArray
    faces: FloatArray

    def turned(self) -> Photo:
        """The photo turned to the left by a right angle, so that all lie on their side."""
        squares = (_turned(squares, self.image.shape[1]) for squares in (self.wanted, self.faces))
        return Photo(np.ascontiguousarray(np.rot90(self.image)), *squares)


def opened(photo: AnnotatedPhoto) -> Photo:
    """A photo of the set with its labels."""
    return Photo(read(photo.path), photo.squares("face"), photo.squares("face", "ignore", "unlabelled"))


def _turned(squares: FloatArray, width: int) -> FloatArray:
    x1, y1, x2, y2 = squares.T
    return np.stack([y1, width - x2, y2, width - x1], axis=1)


@dataclass
class Tally:
    """What covering all photos did."""

    covered: list[bool] = field(default_factory=list)
    false: int = 0
    elsewhere: NDArray[np.int64] = field(default_factory=lambda: np.zeros(2, np.int64))
    beyond: NDArray[np.int64] = field(default_factory=lambda: np.zeros(2, np.int64))

    def add(self, photo: Photo, covers: list[Cover], style: Style) -> None:
        """Count one photo with these covers."""
        mask, wanted, faces = painted(photo.image, covers, style), photo.wanted, photo.faces
        self.covered += [
            under(mask, square) >= COVERED_SHARE for square in wanted[sides(wanted) >= LEAST_SIDE].tolist()
        ]
        squares = np.array([square_of_box(cover.box) for cover in covers], np.float32).reshape(-1, 4)
        self.false += int((iou(squares, faces).max(axis=1, initial=0) < ON_FACE_IOU).sum())
        heads = squares_about(centres(faces), HEAD * sides(faces))
        self.elsewhere += outside(mask, heads)
        self.beyond += outside(mask, faces)


def painted(image: Pixels, covers: list[Cover], style: Style) -> NDArray[np.bool_]:
    """Which pixels of a photo are covered by more than half."""
    mask = np.zeros(image.shape[:2], np.bool_)
    for outline in map(style.outline, covers):
        x1, y1, x2, y2 = place = outline.region(image)
        mask[y1:y2, x1:x2] |= outline.coverage(place) > 0.5
    return mask


def under(mask: NDArray[np.bool_], square: Box) -> float:
    """The covered share of a square, as far as it lies in the photo."""
    x1, y1, x2, y2 = (max(0, round(value)) for value in square)
    return float(mask[y1:y2, x1:x2].mean()) if mask[y1:y2, x1:x2].size else 1.0


def outside(mask: NDArray[np.bool_], squares: FloatArray) -> NDArray[np.int64]:
    """Covered pixels outside these squares, and all pixels there."""
    free = np.ones_like(mask)
    for x1, y1, x2, y2 in np.maximum(0, np.rint(squares)).astype(int).tolist():
        free[y1:y2, x1:x2] = False
    return np.array([(mask & free).sum(), free.sum()])


@click.command(help=__doc__)
@click.argument("data", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--bundle", type=click.Path(path_type=Path), help="Without it the shipped one.")
@click.option("--share", "shares", multiple=True, type=float, default=(SURE_SHARE,), show_default=True)
@click.option("--looks", type=click.Choice(list(LOOKS)), default="all", show_default=True)
@click.option("--with", "style", type=click.Choice(list(STYLES)), default="smiley", show_default=True)
@click.option("--turned", is_flag=True, help="Turn the photos on their side.")
@click.option("--min-face", default=Search.min_face, show_default=True)
def main(
    data: Path,
    bundle: Path | None,
    shares: tuple[float, ...],
    looks: str,
    style: str,
    turned: bool,
    min_face: float,
) -> None:
    """Measure and print."""
    cascade = smilecascade.load(bundle, threads=1)
    upright, lying = LOOKS[looks]
    search = Search(min_face=min_face, upright=upright, lying=lying, upright_share=min(shares))
    photos, elapsed_s = validation_photos(data), []
    tallies = {share: Tally() for share in shares}
    for photo in photos:
        shown = opened(photo).turned() if turned else opened(photo)
        started = time.perf_counter()
        faces = search.faces(cascade, shown.image)
        elapsed_s.append(time.perf_counter() - started)
        for share, tally in tallies.items():
            sure = [face for face in faces if face.score >= share * own_score(cascade)]
            covers = [cover_of(face, cascade.bundle.spec) for face in sure]
            tally.add(shown, needed(covers), STYLES[style])
    lines = [_line(share, tally, len(photos)) for share, tally in tallies.items()]
    click.echo(
        f"{looks} looks, {style}, smallest face {min_face:g}; {1000 * np.median(elapsed_s):.0f} ms a photo"
    )
    click.echo(f"\n{markdown(TITLES, lines)}")


def _line(share: float, tally: Tally, photos: int) -> tuple[str, ...]:
    elsewhere, beyond = (count[0] / count[1] for count in (tally.elsewhere, tally.beyond))
    return (
        f"{share:g}",
        f"{np.mean(tally.covered):.2%} of {len(tally.covered)}",
        f"{tally.false / photos:.3f}",
        f"{elsewhere:.2%}",
        f"{beyond:.2%}",
    )


if __name__ == "__main__":
    main()
