"""How well expressions are told: FER+ in majority mode, calibration, smiles.

Source of the protocol: Barsoum et al., "Training Deep Networks for Facial Expression Recognition with
Crowd-Sourced Label Distribution" (2016), and FER+'s own code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smilecascade.bundle import Express
from smilecascade.datasets.expressions import Split, Tile
from smilecascade.express.emotions import EMOTIONS
from smilecascade.geometry.boxes import FloatArray
from smilecascade.mipmaps import Pixels
from smilecascade.specs import CascadeSpec

#: Bins of the expected calibration error (Guo et al., "On Calibration of Modern Neural Networks", 2017).
BINS = 15

#: Which of the eight expressions FER2013's own seven classes are, in its order.
BASIC = tuple(
    map(EMOTIONS.index, ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"))
)

#: Faces looked at together.
_BATCH = 32

#: Which rows of FER+ count: those where more than half of the votes agree, or all with an expression on top.
Mode = Literal["majority", "top"]


@dataclass(frozen=True, kw_only=True)
class ExpressionFigures:
    """What was told of N faces, against what they are.

    confusion: (8, 8) int, rows the truth and columns the answer, in the order of ``EMOTIONS``.
    ece:       expected calibration error, 0..1: by how much the likelihood of the answers differs from
               how often they are right.
    """

    confusion: NDArray[np.int64]
    ece: float

    @property
    def count(self) -> int:
        """N."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """The share of right answers; NaN of no faces."""
        return float(self.confusion.trace() / self.count) if self.count else float("nan")

    @property
    def recalls(self) -> FloatArray:
        """Of each expression the share that was told, (8,) float32; NaN of those without a face."""
        present = self.confusion.sum(1)
        right = self.confusion.diagonal().astype(np.float64)
        shares = np.divide(right, present, out=np.full(len(present), np.nan), where=present > 0)
        recalls: FloatArray = shares.astype(np.float32)
        return recalls

    @property
    def mean_recall(self) -> float:
        """The mean of ``recalls`` over the expressions that are there; NaN of no faces."""
        present = self.recalls[~np.isnan(self.recalls)]
        return float(present.mean()) if len(present) else float("nan")


def told(express: Express, tiles: Sequence[Tile], spec: CascadeSpec) -> tuple[FloatArray, FloatArray]:
    """What the net says of whole tiles: probabilities of the expressions (N, 8), and of a smile (N,)."""
    emotions, smiles = [np.zeros((0, len(EMOTIONS)), np.float32)], [np.zeros(0, np.float32)]
    for start in range(0, len(tiles), _BATCH):
        part = tiles[start : start + _BATCH]
        faces = np.stack([_as_window(tile.pixels, spec.expression_window) for tile in part])
        nothing = np.zeros((2 * len(part), spec.eye_window, spec.eye_window, 4), np.uint8)
        said = express(faces, nothing)
        emotions.append(said[0])
        smiles.append(said[1])
    return np.concatenate(emotions), np.concatenate(smiles)


def voted(tiles: Iterable[Tile], split: Split, mode: Mode = "majority") -> list[Tile]:
    """The tiles of a split of FER+ that count."""
    return [tile for tile in tiles if tile.split == split and truth_of(tile, mode) is not None]


def truth_of(tile: Tile, mode: Mode) -> int | None:
    """The expression that a face of FER+ is said to have, 0..7, or None where it does not count."""
    if tile.votes is None:
        return None
    return tile.votes.majority if mode == "majority" else tile.votes.top


def figures_of(probabilities: FloatArray, truth: Sequence[int]) -> ExpressionFigures:
    """Figures of (N, 8) probabilities against N true expressions."""
    confusion = np.zeros((len(EMOTIONS), len(EMOTIONS)), np.int64)
    answers, true = probabilities.argmax(1), np.array(truth, np.int64)
    np.add.at(confusion, (true, answers), 1)
    return ExpressionFigures(
        confusion=confusion, ece=calibration_error(probabilities.max(1, initial=0), answers == true)
    )


def basic_accuracy(probabilities: FloatArray, basic: Sequence[int]) -> float:
    """The share of right answers among FER2013's own seven classes, contempt left out; NaN of no faces."""
    answers = probabilities[:, list(BASIC)].argmax(1)
    return float((answers == np.array(basic)).mean()) if len(basic) else float("nan")


def calibration_error(confidence: FloatArray, right: NDArray[np.bool_]) -> float:
    """Expected calibration error of N answers, in 15 bins of equal width; 0 of no answers."""
    if not len(confidence):
        return 0.0
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, confidence - right.astype(np.float64), BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def _as_window(pixels: Pixels, size: int) -> Pixels:
    """A tile as the net takes it: RGBX uint8 (size, size, 4)."""
    resized = Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR)
    return np.pad(np.asarray(resized), ((0, 0), (0, 0), (0, 1)))
