"""Batches of samples: faces cut and augmented on the fly, stored negatives, parts of faces.

The batch of a step depends on the seed and the step alone, so that a training that was
killed goes on with the very batches that it would have seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from smilecascade.errors import DatasetError
from smilecascade.mipmaps import Pixels
from smilecascade.specs import TrainSpec
from smilecascade.train import augment
from smilecascade.train.augment import Chance, Windows
from smilecascade.train.crops import FaceCrops
from smilecascade.train.sets import MERGED

#: How far a window may lie from its face and still show it: the grid of the search leaves
#: up to a twelfth of the side of shift, and a quarter of an octave of size; labels of
#: different sets differ by as much again.
FACE_SHIFT, FACE_OCTAVES, FACE_ROLL_DEGREES = 0.10, 0.32, 14.0

#: A window that overlaps the face by less than this shows only a part of it.
PART_IOU = 0.35

#: Share of parts of faces among the negatives.
PARTS = 0.15


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Samples of one step: pixels (B, 3, S, S) float32 in 0..255, labels (B,) int64, 1 for a face."""

    pixels: Tensor
    labels: Tensor


class Samples:
    """The source of batches of one level: ``batch(step)``. DatasetError without faces or negatives.

    ``picked``: cut faces by picking pixels, as detection cuts the windows of all levels but the
    first, and as mined negatives are cut. Interpolated faces would be told by their smoothness.
    """

    def __init__(
        self, faces: FaceCrops, negatives: Pixels, window: int, spec: TrainSpec, *, picked: bool = False
    ) -> None:
        for what, count in (("faces", len(faces)), ("negatives", len(negatives))):
            if not count:
                raise DatasetError(f"there are no {what} to learn from; is the data folder complete?")
        self.faces, self.negatives, self.window, self.spec = faces, negatives, window, spec
        weights = {chosen.folder: chosen.weight for chosen in MERGED}
        drawn = np.array([weights.get(name, 1.0) for name in faces.sets])
        self._probability = drawn / drawn.sum()
        self._alone = np.flatnonzero(faces.alone)
        self._pixels, self._picked = shrunk(faces.pixels, window), picked

    def batch(self, step: int) -> Batch:
        """The samples of a step, faces first."""
        chance = Chance(self.spec.seed, step)
        faces = round(self.spec.batch * self.spec.positives)
        parts = round((self.spec.batch - faces) * PARTS) if len(self._alone) else 0
        others = self.spec.batch - faces - parts
        pixels = torch.cat(
            [self._faces(faces, chance), self._parts(parts, chance), self._negatives(others, chance)]
        )
        labels = torch.zeros(self.spec.batch, dtype=torch.int64)
        labels[:faces] = 1
        return Batch(pixels=augmented(pixels, chance), labels=labels)

    def _faces(self, count: int, chance: Chance) -> Tensor:
        rows = chance.numpy.choice(len(self.faces), count, p=self._probability)
        turn = torch.randn(count, generator=chance.torch) * np.radians(FACE_ROLL_DEGREES)
        windows = Windows(
            shift=torch.stack([chance.uniform(count, -FACE_SHIFT, FACE_SHIFT) for _ in "xy"], dim=1),
            side=2 ** chance.uniform(count, -FACE_OCTAVES, FACE_OCTAVES),
            roll=turn,
        )
        return self._cut(rows, windows)

    def _parts(self, count: int, chance: Chance) -> Tensor:
        rows = chance.numpy.choice(self._alone, count)
        return self._cut(rows, part_windows(count, chance))

    def _cut(self, rows: NDArray[np.intp], windows: Windows) -> Tensor:
        return augment.cut_windows(_tensor(self._pixels[rows]), windows, self.window, picked=self._picked)

    def _negatives(self, count: int, chance: Chance) -> Tensor:
        return _tensor(self.negatives[np.sort(chance.numpy.integers(len(self.negatives), size=count))])


def shrunk(crops: Pixels, window: int) -> Pixels:
    """Stored crops (N, H, H, 3), halved until they are fine enough for windows of this size.

    Their pixels stay at least 1.5 times as fine as a window's half, as the mipmaps are at
    detection, so that sampling them hardly aliases; and the small levels need little memory.
    """
    while crops.shape[1] / 2 >= 1.5 * window:
        size = crops.shape[1] // 2
        halves = np.empty((len(crops), size, size, 3), np.uint8)
        for start in range(0, len(crops), 512):
            part = crops[start : start + 512].astype(np.uint16)
            total = part[:, ::2, ::2] + part[:, 1::2, ::2] + part[:, ::2, 1::2] + part[:, 1::2, 1::2]
            halves[start : start + 512] = (total + 2) >> 2
        crops = halves
    return crops


def augmented(pixels: Tensor, chance: Chance) -> Tensor:
    """All augmentations in the order in which a camera would make them.

    Blur, noise and compression are rarer in small windows: these are shrunk from many
    pixels, which evens such faults out.
    """
    wear = min(1.0, pixels.shape[-1] / 48)
    pixels = augment.covered(augment.mirrored(pixels, chance), chance, 0.2)
    pixels = augment.blurred(augment.coloured(pixels, chance), chance, 0.25 * wear)
    return augment.compressed(augment.noisy(pixels, chance, 0.25 * wear), chance, 0.08 * wear)


def part_windows(count: int, chance: Chance) -> Windows:
    """Windows beside or inside a face that overlap its square by less than ``PART_IOU``.

    They are drawn until enough fit into the stored context of two sides.
    """
    found = [np.zeros((0, 3))]
    while sum(map(len, found)) < count:
        drawn = chance.numpy.uniform((-0.8, -0.8, -1.3), (0.8, 0.8, 0.9), (4 * count + 16, 3))
        side = 2.0 ** drawn[:, 2]
        inside = np.abs(drawn[:, :2]).max(1) + side / 2 <= 1.05
        found.append(drawn[inside & (_iou_with_face(drawn[:, :2], side) < PART_IOU)])
    chosen = np.concatenate(found)[:count]
    return Windows(
        shift=torch.tensor(chosen[:, :2], dtype=torch.float32),
        side=torch.tensor(2.0 ** chosen[:, 2], dtype=torch.float32),
        roll=torch.zeros(count),
    )


def _iou_with_face(shift: NDArray[np.float64], side: NDArray[np.float64]) -> NDArray[np.float64]:
    """IoU of squares displaced by ``shift`` (N, 2) of side ``side`` (N,) with the unit square."""
    low = np.maximum(shift - side[:, None] / 2, -0.5)
    high = np.minimum(shift + side[:, None] / 2, 0.5)
    shared = np.clip(high - low, 0, None).prod(1)
    overlap: NDArray[np.float64] = shared / (1 + side**2 - shared)
    return overlap


def _tensor(pixels: Pixels) -> Tensor:
    """(N, S, S, 3) uint8 to (N, 3, S, S) float32."""
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float()
