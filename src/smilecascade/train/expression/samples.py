"""Batches of tiles: drawn, augmented and mixed on the fly, from the seed and the step alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from smilecascade.errors import DatasetError
from smilecascade.mipmaps import Pixels
from smilecascade.train.augment import Chance
from smilecascade.train.expression.augment import augmented
from smilecascade.train.expression.recipe import ExpressionSpec

#: Mixed samples are shares of a Beta distribution: mostly one of the two (arXiv 1710.09412).
_BETA = 0.4


@dataclass(frozen=True, kw_only=True)
class Tiles:
    """Grey tiles of one set, and what is known of them.

    grey:    (N, S, S) uint8.
    targets: (N, C) float32 in 0..1, NaN where the set does not say: of faces the shares of the eight
             expressions, smile, mouth open; of eyes closed.
    share:   of a batch, how much comes from this set.
    """

    grey: Pixels
    targets: NDArray[np.float32]
    share: float = 1.0

    def __len__(self) -> int:
        return len(self.grey)


class TileBatch(NamedTuple):
    """pixels: (B, 1, S, S) float32 in 0..255. targets: (B, C) float32, NaN where nothing is known."""

    pixels: Tensor
    targets: Tensor


#: Makes tiles (N, 1, S, S) look like what a cascade delivers, windows of this many pixels, so strongly.
Augment = Callable[[Tensor, int, Chance, float], Tensor]


class TileSamples:
    """The source of batches, ``batch(step)``. Raises DatasetError where a set is empty."""

    def __init__(
        self, sets: Sequence[Tiles], window: int, spec: ExpressionSpec, augment: Augment = augmented
    ) -> None:
        if not sets or not all(len(tiles) for tiles in sets):
            raise DatasetError("there are no faces to learn from; is the data folder complete?")
        self.sets, self.window, self.spec, self._augment = sets, window, spec, augment
        self._weights = [_drawn(tiles.targets, spec.balance) for tiles in sets]
        total = sum(tiles.share for tiles in sets)
        self._counts = [round(spec.batch * tiles.share / total) for tiles in sets[1:]]
        self._counts.insert(0, spec.batch - sum(self._counts))

    @property
    def steps_per_epoch(self) -> float:
        """Steps in which as many tiles of the first set are drawn as it has."""
        return len(self.sets[0]) / self._counts[0]

    def batch(self, step: int) -> TileBatch:
        """The samples of a step."""
        chance = Chance(self.spec.seed, step)
        parts = [
            self._part(*each, chance) for each in zip(self.sets, self._weights, self._counts, strict=True)
        ]
        if chance.numpy.random() < self.spec.mixup:
            parts = [_mixed(part, chance) for part in parts]
        return TileBatch(torch.cat([p.pixels for p in parts]), torch.cat([p.targets for p in parts]))

    def _part(self, tiles: Tiles, weights: NDArray[np.float64], count: int, chance: Chance) -> TileBatch:
        rows = chance.numpy.choice(len(tiles), count, p=weights)
        grey = torch.from_numpy(tiles.grey[rows]).float()[:, None]
        return TileBatch(
            self._augment(grey, self.window, chance, self.spec.strength),
            torch.from_numpy(tiles.targets[rows]),
        )


def _mixed(batch: TileBatch, chance: Chance) -> TileBatch:
    """Each sample with a share of another of the same set."""
    share = float(chance.numpy.beta(_BETA, _BETA))
    share = max(share, 1 - share)
    other = torch.from_numpy(chance.numpy.permutation(len(batch.pixels)))
    return TileBatch(*(share * each + (1 - share) * each[other] for each in batch))


def _drawn(targets: NDArray[np.float32], balance: float) -> NDArray[np.float64]:
    """How likely each tile is drawn: rarer classes more often than their number gives."""
    classes = np.where(np.isnan(targets[:, 0]), 0, np.nan_to_num(targets).argmax(1))
    weights = np.bincount(classes)[classes].astype(np.float64) ** -balance
    drawn: NDArray[np.float64] = weights / weights.sum()
    return drawn
