"""How well expressions and smiles are told, and what it costs.

    python benchmarks/expressions.py DATA

- FER+ (DATA/fer2013_ferplus): the tiles of PublicTest in majority mode; with --private those of
  PrivateTest, which is for one measurement at the end, with and without the faces that are in training, too.
- smiles: the tiles of GENKI (DATA/genki4k_faces), and end to end the people of CelebA
  (DATA/celeba10k) who are held out: the largest face that the cascade finds; none found is wrong.
- time: median ms a face of the net alone, eyes included, one thread.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

import smilecascade
from smilecascade.bundle import Express, open_bundle
from smilecascade.datasets.expressions import Split, Tile, read_celeba, read_ferplus, read_genki
from smilecascade.evaluate.expression import (
    ExpressionFigures,
    Mode,
    basic_accuracy,
    figures_of,
    told,
    truth_of,
    voted,
)
from smilecascade.express import EMOTIONS
from smilecascade.express.classify import Classifier
from smilecascade.mipmaps import Mipmaps
from smilecascade.specs import CascadeSpec

#: Pixels of repeated edge around a tile, so that a face that fills it is found.
BORDER = 24


@click.command(help=__doc__)
@click.argument("data", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--bundle", type=click.Path(path_type=Path), help="Ours; without it the shipped one.")
@click.option("--private", is_flag=True, help="PrivateTest instead of PublicTest.")
def main(data: Path, bundle: Path | None, private: bool) -> None:
    """Measure and print."""
    opened = open_bundle(bundle)
    express = opened.express(threads=1)
    if express is None:
        raise click.UsageError(f"{opened.path} says nothing of expressions")
    ferplus = list(read_ferplus(data / "fer2013_ferplus"))
    of_ferplus(express, opened.spec, ferplus, "test" if private else "validation")
    cascade = smilecascade.load(bundle, threads=1)
    classifier = Classifier(express=express, spec=opened.spec)
    genki = list(read_genki(data / "genki4k_faces"))
    _, smiles = told(express, genki, opened.spec)
    click.echo(f"GENKI: {len(genki)} tiles, smile {right_of(smiles, genki):.2%}")
    smiling("GENKI through the cascade", cascade, classifier, genki, BORDER)
    held_out = [tile for tile in read_celeba(data / "celeba10k") if tile.split == "test"]
    smiling("CelebA held out through the cascade", cascade, classifier, held_out, 0)
    for count in (1, 32):
        click.echo(f"batch of {count}: {ms_a_face(express, opened.spec, count):.2f} ms a face")


def of_ferplus(express: Express, spec: CascadeSpec, tiles: Sequence[Tile], split: Split) -> None:
    """All figures of one split."""
    modes: tuple[Mode, ...] = ("majority", "top")
    for mode in modes:
        rows = voted(tiles, split, mode)
        said, _ = told(express, rows, spec)
        truth = [truth_of(tile, mode) or 0 for tile in rows]
        show(f"FER+ {split}, {mode}", figures_of(said, truth), whole=mode == "majority")
        learned = {tile.group for tile in tiles if tile.split == "train"} - {None}
        fresh = np.array([tile.group not in learned for tile in rows])
        if mode == "majority":
            kept = [wanted for wanted, keep in zip(truth, fresh, strict=True) if keep]
            show(f"FER+ {split}, {mode}, without leaked ones", figures_of(said[fresh], kept), whole=False)
    rows = [tile for tile in tiles if tile.split == split and tile.basic is not None]
    said, _ = told(express, rows, spec)
    basic = basic_accuracy(said, [tile.basic or 0 for tile in rows])
    click.echo(f"FER2013's seven classes: {len(rows)} faces, accuracy {basic:.2%}")


def show(name: str, figures: ExpressionFigures, *, whole: bool) -> None:
    """The figures, and if wanted the confusion matrix: rows the truth."""
    click.echo(
        f"{name}: {figures.count} faces, accuracy {figures.accuracy:.2%}, mean recall "
        f"{figures.mean_recall:.3f}, calibration error {figures.ece:.2%}"
    )
    for emotion, row, recall in zip(EMOTIONS, figures.confusion, figures.recalls, strict=True):
        if whole:
            click.echo(f"  {emotion:10}" + "".join(f"{n:6}" for n in row) + f"  recall {recall:.3f}")


def smiling(
    name: str, cascade: smilecascade.Cascade, classifier: Classifier, tiles: Sequence[Tile], border: int
) -> None:
    """Smiles told of the largest face that is found in each picture."""
    likely = np.full(len(tiles), np.nan, np.float32)
    for index, tile in enumerate(tiles):
        image = np.pad(tile.pixels, ((border, border), (border, border), (0, 0)), mode="edge")
        faces = sorted(cascade.detect(image), key=lambda face: face.box[3] - face.box[1])[-1:]
        for expression in classifier.expressions(Mipmaps(image), faces):
            likely[index] = expression.smile
    found = ~np.isnan(likely)
    of_found = right_of(likely[found], [tile for tile, seen in zip(tiles, found, strict=True) if seen])
    click.echo(
        f"{name}: {len(tiles)} pictures, a face in {found.mean():.1%}, smile {right_of(likely, tiles):.2%}, "
        f"of the faces found {of_found:.2%}"
    )


def right_of(likely: np.ndarray, tiles: Sequence[Tile]) -> float:
    """The share of right answers to "does it smile?"; no answer is a wrong one."""
    smiles = np.array([bool(tile.smile) for tile in tiles])
    return float((np.where(smiles, likely > 0.5, likely <= 0.5)).mean())


def ms_a_face(express: Express, spec: CascadeSpec, count: int) -> float:
    """Median time of the net, ms a face."""
    rng = np.random.default_rng(0)
    faces = rng.integers(0, 256, (count, spec.expression_window, spec.expression_window, 4), dtype=np.uint8)
    eyes = rng.integers(0, 256, (2 * count, spec.eye_window, spec.eye_window, 4), dtype=np.uint8)
    elapsed = []
    for _ in range(max(20, 300 // count)):
        started = time.perf_counter()
        express(faces, eyes)
        elapsed.append(time.perf_counter() - started)
    return float(np.median(elapsed)) * 1000 / count


if __name__ == "__main__":
    main()
