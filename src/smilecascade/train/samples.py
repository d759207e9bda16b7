"""Batches of samples: faces cut and augmented on the fly, stored negatives, parts of faces.

The batch of a step depends on the seed and the step alone, so that a training that was
killed goes on with the very batches that it would have seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from smilecascade.errors import DatasetError
from smilecascade.mipmaps import Pixels
from smilecascade.specs import TrainSpec
from smilecascade.train import augment
from smilecascade.train.augment import Chance, Windows
from smilecascade.train.crops import FaceCrops
from smilecascade.train.sets import MERGED
from smilecascade.train.shards import Shards, Stack, store
from smilecascade.train.targets import drawn_displacements, mirrored, points_in, windows_of

#: How far faces are turned: the standard deviation of the roll, degrees.
FACE_ROLL_DEGREES = 14.0

#: A window that overlaps its face by at least this shows it: the outermost of the 45
#: displacements does, by a little. By less than the second, it shows only a part. Of those in
#: between the classifier is told nothing.
FACE_IOU = 0.43
PART_IOU = 0.38

#: Share of parts of faces among the negatives.
PARTS = 0.15


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Samples of one step, the F faces first.

    pixels: (B, 3, S, S) float32 in 0..255. labels: (B,) int64, 1 for a face, 0 for none, −1 where
    a face is hardly in place, which is neither. displacements: (F, 3), how each window lies on
    its face, dx, dy, ln s. points: (F, 6, 2), the points of ``crops.POINTS`` from the window's
    centre in its sides; NaN where unknown.
    """

    pixels: Tensor
    labels: Tensor
    displacements: Tensor
    points: Tensor

    @property
    def faces(self) -> int:
        """F, the number of faces."""
        return len(self.displacements)

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        return Batch(**{field.name: getattr(self, field.name).to(device) for field in fields(self)})

    @classmethod
    def joined(cls, parts: Sequence[Batch]) -> Batch:
        """All samples of one or more batches, the faces of all first."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            pixels=torch.cat([p.pixels[: p.faces] for p in parts] + [p.pixels[p.faces :] for p in parts]),
            labels=torch.cat([p.labels[: p.faces] for p in parts] + [p.labels[p.faces :] for p in parts]),
            displacements=torch.cat([part.displacements for part in parts]),
            points=torch.cat([part.points for part in parts]),
        )


class Samples:
    """The source of batches of one level: ``batch(step)``. DatasetError without faces or negatives.

    Faces are cut by picking pixels, as detection cuts its windows and as negatives were cut:
    interpolated faces would be told by their smoothness. ``halved``: at twice the size, and then
    halved, as ``Mipmaps`` makes the pyramid's images, on which the first level slides.
    """

    def __init__(
        self, faces: FaceCrops, negatives: Stack, window: int, spec: TrainSpec, *, halved: bool = False
    ) -> None:
        wanted = ("faces", faces.pixels), ("negatives", negatives)
        for what, pixels in wanted[: 2 if spec.positives < 1 else 1]:
            if not len(pixels):
                raise DatasetError(f"there are no {what} to learn from; is the data folder complete?")
        self.faces, self.negatives, self.window, self.spec = faces, negatives, window, spec
        weights = {chosen.folder: chosen.weight for chosen in MERGED}
        drawn = np.array([weights.get(name, 1.0) for name in faces.sets])
        drawn = drawn * np.where(np.isfinite(faces.points).any((1, 2)), 1, spec.boxes_weight)
        if not drawn.any():
            raise DatasetError("no face has labelled points, and boxes_weight is 0: nothing is left to draw")
        self._probability = drawn / drawn.sum()
        self._alone = np.flatnonzero(faces.alone)
        self._cut_size, self._halved = (2 * window, True) if halved else (window, False)
        self._pixels = shrunk(faces.pixels, self._cut_size)

    @property
    def steps_per_epoch(self) -> float:
        """Steps in which as many faces are drawn as there are."""
        return len(self.faces) / max(1, self.spec.batch * self.spec.positives)

    def batch(self, step: int, rank: int = 0, processes: int = 1) -> Batch:
        """The samples of a step, faces first; or of its parts the share of one of several processes."""
        return Batch.joined([self._part(step, part) for part in range(rank, self.spec.parts, processes)])

    def _part(self, step: int, part: int) -> Batch:
        chance = Chance(self.spec.seed, step, part)
        size = self.spec.batch // self.spec.parts
        faces = round(size * self.spec.positives)
        parts = round((size - faces) * PARTS) if len(self._alone) else 0
        others = size - faces - parts
        shown, displacements, points = self._faces(faces, chance)
        background = self._negatives(others, chance)
        pixels = torch.cat([shown, self._parts(parts, chance), background])
        labels = torch.zeros(size, dtype=torch.int64)
        labels[:faces] = torch.where(_shows_face(displacements), 1, -1)
        flipped = chance.picks(len(pixels), 0.5)
        displacements, points = mirrored(displacements, points, flipped[:faces])
        return Batch(
            pixels=augmented(pixels, background, flipped, chance),
            labels=labels,
            displacements=displacements,
            points=points,
        )

    def _faces(self, count: int, chance: Chance) -> tuple[Tensor, Tensor, Tensor]:
        """Windows of random faces, their displacements and their points."""
        rows = chance.numpy.choice(len(self.faces), count, p=self._probability)
        roll = torch.randn(count, generator=chance.torch) * np.radians(FACE_ROLL_DEGREES)
        displacements = drawn_displacements(count, chance, self.spec.displaced)
        windows = windows_of(displacements, roll)
        return (
            self._cut(rows, windows, chance),
            displacements,
            points_in(windows, torch.from_numpy(self.faces.points[rows])),
        )

    def _parts(self, count: int, chance: Chance) -> Tensor:
        rows = chance.numpy.choice(self._alone, count)
        return self._cut(rows, part_windows(count, chance), chance)

    def _cut(self, rows: NDArray[np.intp], windows: Windows, chance: Chance) -> Tensor:
        """Cut from copies of either resolution: a window meets one with 0.75 to 1.5 times its pixels."""
        fine = _tensor(self._pixels[rows])
        cut = augment.cut_windows(fine, windows, self._cut_size)
        coarse = chance.picks(len(rows), 0.4)
        halves = functional.avg_pool2d(fine[coarse], 2)
        cut[coarse] = augment.cut_windows(halves, windows[coarse], self._cut_size)
        return functional.avg_pool2d(cut, 2) if self._halved else cut

    def _negatives(self, count: int, chance: Chance) -> Tensor:
        if not count:
            return torch.zeros(0, 3, self.window, self.window)
        return _tensor(self.negatives[np.sort(chance.numpy.integers(len(self.negatives), size=count))])


def shrunk(crops: Stack, window: int) -> Stack:
    """Stored crops (N, H, H, 3), halved until they are fine enough for windows of this size.

    Their pixels stay at least 1.5 times as fine as a window's half, as the mipmaps are at
    detection, so that sampling them hardly aliases; and the small levels read little. Of shards,
    the halves are shards in a folder beside them, which has their size for its name.
    """
    while crops.shape[1] / 2 >= 1.5 * window:
        size = crops.shape[1] // 2
        if isinstance(crops, Shards):
            inputs = {**crops.inputs, "size": size, "count": len(crops)}
            crops = store(_halves(crops), crops.folder.with_name(str(size)), (size, size, 3), inputs)
        else:
            crops = np.concatenate([np.zeros((0, size, size, 3), np.uint8), *_halves(crops)])
    return crops


def _halves(crops: Stack) -> Iterator[Pixels]:
    """The means of 2 × 2 pixels, some crops at a time: (n, H/2, H/2, 3)."""
    for start in range(0, len(crops), 512):
        part = crops[start : start + 512].astype(np.uint16)
        total = part[:, ::2, ::2] + part[:, 1::2, ::2] + part[:, ::2, 1::2] + part[:, 1::2, 1::2]
        yield ((total + 2) >> 2).astype(np.uint8)


def augmented(pixels: Tensor, background: Tensor, flipped: Tensor, chance: Chance) -> Tensor:
    """All augmentations in the order in which a camera would make them.

    ``background``: pictures without faces, pieces of which cover a part of some. ``flipped``:
    (N,) bool, which are mirrored. Blur, noise and compression are rarer in small windows: these
    are shrunk from many pixels, which evens such faults out.
    """
    wear = min(1.0, pixels.shape[-1] / 48)
    pixels = augment.mirrored(pixels, flipped)
    pixels = augment.covered(pixels, background, chance, 0.25)
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


def _shows_face(displacements: Tensor) -> Tensor:
    """Which windows so displaced (N, 3) overlap their face enough to show it: (N,) bool."""
    shift, side = displacements[:, :2].double().numpy(), displacements[:, 2].double().exp().numpy()
    return torch.from_numpy(_iou_with_face(shift, side) >= FACE_IOU)


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
