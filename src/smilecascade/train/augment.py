"""Augmentation of whole batches in PyTorch: how a face could also have been photographed.

Every function takes and gives (N, 3, S, S) float32 pixels in 0..255 and a ``Chance``, the
seeded source of all its randomness; nothing is changed in place. N = 0 passes through.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional


class Chance:
    """Seeded randomness for one batch: the same seed gives the same batch, on any run."""

    def __init__(self, *seed: int) -> None:
        self.numpy = np.random.default_rng(seed)
        self.torch = torch.Generator().manual_seed(int(self.numpy.integers(2**63)))

    def uniform(self, count: int, low: float, high: float) -> Tensor:
        """(count,) float32 between low and high."""
        return torch.rand(count, generator=self.torch) * (high - low) + low

    def picks(self, count: int, probability: float) -> Tensor:
        """(count,) bool, each True with this probability."""
        return torch.rand(count, generator=self.torch) < probability


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Windows around stored faces: displacement (N, 2) and side (N,) in sides of the face's
    square, roll (N,) in radians."""

    shift: Tensor
    side: Tensor
    roll: Tensor

    def __getitem__(self, rows: Tensor) -> Windows:
        """The rows that a mask picks."""
        return Windows(shift=self.shift[rows], side=self.side[rows], roll=self.roll[rows])


def cut_windows(crops: Tensor, windows: Windows, size: int) -> Tensor:
    """Cut turned and displaced windows from stored crops (N, 3, H, H): two sides of the square each.

    Each pixel is the nearest of the crop, without interpolation, as ``Mipmaps`` cuts them.
    """
    if not len(crops):
        return torch.zeros(0, 3, size, size)
    cos, sin, half = torch.cos(windows.roll), torch.sin(windows.roll), windows.side / 2
    across = torch.stack([half * cos, -half * sin, windows.shift[:, 0]], dim=1)
    down = torch.stack([half * sin, half * cos, windows.shift[:, 1]], dim=1)
    grid = functional.affine_grid(
        torch.stack([across, down], dim=1), [len(crops), 3, size, size], align_corners=False
    )
    return functional.grid_sample(crops, grid, mode="nearest", padding_mode="border", align_corners=False)


def mirrored(pixels: Tensor, flipped: Tensor) -> Tensor:
    """Left and right exchanged in those of (N,) bool ``flipped``."""
    result = pixels.clone()
    result[flipped] = pixels[flipped].flip(3)
    return result


def coloured(pixels: Tensor, chance: Chance) -> Tensor:
    """Other light: saturation down to grey, gain of each channel, contrast, brightness, and in half of
    the pictures gamma (darkness).

    All but gamma is linear in the colours, and done at once as a matrix a picture.
    """
    n = len(pixels)
    saturation = torch.where(chance.picks(n, 0.15), torch.zeros(n), chance.uniform(n, 0.4, 1.4))
    gains = 1 + (torch.rand(n, 3, 1, generator=chance.torch) - 0.5) * 0.2
    contrast, brightness = chance.uniform(n, 0.5, 1.4), chance.uniform(n, -25, 25)
    matrix = gains * (torch.eye(3) * saturation[:, None, None] + (1 - saturation[:, None, None]) / 3)
    flat = pixels.flatten(2)
    middle = (matrix @ flat.mean(2, keepdim=True)).mean(1, keepdim=True)
    offset = middle * (1 - contrast[:, None, None]) + brightness[:, None, None]
    changed = torch.baddbmm(offset, matrix * contrast[:, None, None], flat).clamp_(0, 255).view_as(pixels)
    chosen = chance.picks(n, 0.5)
    gamma = torch.exp(chance.uniform(n, -0.5, 0.8))[chosen]
    changed[chosen] = 255 * (changed[chosen] / 255) ** _each(gamma)
    return changed


def blurred(pixels: Tensor, chance: Chance, probability: float) -> Tensor:
    """Lower resolution: shrunk by 2 or 3 and enlarged again, pixels repeated or interpolated."""
    result, size = pixels.clone(), pixels.shape[-1]
    for factor, mode in ((2, "nearest"), (2, "bilinear"), (3, "nearest"), (3, "bilinear")):
        chosen = chance.picks(len(pixels), probability / 4)
        if chosen.any():
            low = functional.avg_pool2d(pixels[chosen], factor)
            result[chosen] = functional.interpolate(low, size=(size, size), mode=mode)
    return result


def noisy(pixels: Tensor, chance: Chance, probability: float) -> Tensor:
    """Sensor noise: a normal deviate a value, of 2 to 14 grey levels."""
    result, chosen = pixels.clone(), chance.picks(len(pixels), probability)
    quiet = pixels[chosen]
    noise = torch.randn(quiet.shape, generator=chance.torch) * _each(chance.uniform(len(quiet), 2, 14))
    result[chosen] = (quiet + noise).clamp(0, 255)
    return result


def covered(pixels: Tensor, background: Tensor, chance: Chance, probability: float) -> Tensor:
    """A rectangle hides a part: the lower half (a mask, a cup), a side, or anywhere.

    It is of one colour, or a piece of one of the (M, 3, S, S) ``background`` pictures, so that
    a hidden part tells nothing about what is below it; M = 0 leaves the colours.
    """
    result, chosen = pixels.clone(), chance.picks(len(pixels), probability)
    n, size = int(chosen.sum()), pixels.shape[-1]
    fill = (torch.rand(n, 3, 1, 1, generator=chance.torch) * 255).expand(n, 3, size, size)
    if len(background):
        pieces = background[torch.randint(len(background), (n,), generator=chance.torch)]
        fill = torch.where(_each(chance.picks(n, 0.5)), pieces, fill)
    width, height = chance.uniform(n, 0.2, 0.9), chance.uniform(n, 0.15, 0.45)
    left = chance.uniform(n, 0, 1) * (1 - width)
    top = torch.where(chance.picks(n, 0.6), 1 - height, chance.uniform(n, 0, 1) * (1 - height))
    at = (torch.arange(size) + 0.5) / size
    columns = (at >= left[:, None]) & (at < (left + width)[:, None])
    rows = (at >= top[:, None]) & (at < (top + height)[:, None])
    hidden = rows[:, None, :, None] & columns[:, None, None, :]
    result[chosen] = torch.where(hidden, fill, pixels[chosen])
    return result


def compressed(pixels: Tensor, chance: Chance, probability: float) -> Tensor:
    """JPEG at quality 10 to 60, through the real encoder."""
    result = pixels.clone()
    for index in torch.nonzero(chance.picks(len(pixels), probability)).flatten().tolist():
        picture = pixels[index].round().permute(1, 2, 0).to(torch.uint8).numpy()
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "JPEG", quality=int(chance.numpy.integers(10, 60)))
        result[index] = torch.from_numpy(np.array(Image.open(buffer))).permute(2, 0, 1)
    return result


def _each(values: Tensor) -> Tensor:
    """(N,) values, one for each picture of a batch."""
    return values[:, None, None, None]
