"""What makes a few ten thousand grey tiles of faces look like what a cascade will deliver.

All functions take (N, 1, S, S) float32 grey pixels in 0..255 and a ``Chance``, the seeded source of all
their randomness; nothing is changed in place. Light is left to the net, which evens it out itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from smilecascade.train.augment import Chance

#: Standard deviations of how a window lies on its face, at strength 1: shift in sides of the tile,
#: logarithm of the side, and roll in degrees. The cascade's own scatter is a third of it
#: (docs/lab-notes.md, "Expressions"); the rest makes up for how few the tiles are.
SHIFT, LOG_SIDE, ROLL_DEGREES = 0.04, 0.1, 9.0


def displaced(tiles: Tensor, size: int, chance: Chance, strength: float = 1.0) -> Tensor:
    """Windows of ``size`` pixels that lie on their tiles about as a detector's do; half of them mirrored."""
    n = len(tiles)
    if not n:
        return torch.zeros(0, 1, size, size)
    roll = torch.randn(n, generator=chance.torch).clamp(-3, 3) * (strength * ROLL_DEGREES * torch.pi / 180)
    side = torch.exp(torch.randn(n, generator=chance.torch).clamp(-2.5, 2.5) * LOG_SIDE * strength)
    aspect = torch.exp(torch.randn(n, generator=chance.torch).clamp(-2.5, 2.5) * LOG_SIDE * strength / 2)
    shift = torch.randn(n, 2, generator=chance.torch).clamp(-2.5, 2.5) * (2 * SHIFT * strength)
    mirror = torch.where(chance.picks(n, 0.5), -1.0, 1.0)
    cos, sin = torch.cos(roll) * side, torch.sin(roll) * side
    across = torch.stack([mirror * cos * aspect, -sin / aspect, shift[:, 0]], dim=1)
    down = torch.stack([mirror * sin * aspect, cos / aspect, shift[:, 1]], dim=1)
    grid = functional.affine_grid(torch.stack([across, down], dim=1), [n, 1, size, size], align_corners=False)
    return functional.grid_sample(tiles, grid, mode="bilinear", padding_mode="border", align_corners=False)


def lit(tiles: Tensor, chance: Chance, strength: float = 1.0) -> Tensor:
    """Other light, as far as the net does not even it out: gamma, and brightness that falls off across."""
    n, size = len(tiles), tiles.shape[-1]
    gamma = torch.exp(torch.randn(n, generator=chance.torch).clamp(-2, 2) * 0.3 * strength)
    ramp = torch.linspace(-1, 1, size)
    slope = (
        torch.randn(n, 2, 1, 1, generator=chance.torch)
        * 20
        * strength
        * chance.picks(n, 0.5)[:, None, None, None]
    )
    changed = 255 * (tiles / 255) ** gamma[:, None, None, None]
    changed = changed + slope[:, :1] * ramp[None, None, :, None] + slope[:, 1:] * ramp
    return changed.clamp_(0, 255)


#: Pixels that small faces arrive with, and their eyes.
_SMALL_FACES, _SMALL_EYES = (20, 24, 28, 34, 40), (5, 7, 9, 12, 16)


def coarse(tiles: Tensor, chance: Chance, probability: float, sizes: Sequence[int] = _SMALL_FACES) -> Tensor:
    """Shrunk to some of these pixels and enlarged again, as small faces arrive."""
    result, size = tiles.clone(), tiles.shape[-1]
    for low in sizes:
        chosen = chance.picks(len(tiles), probability / len(sizes))
        if chosen.any():
            small = functional.interpolate(
                tiles[chosen], size=(low, low), mode="bilinear", align_corners=False, antialias=True
            )
            result[chosen] = functional.interpolate(
                small, size=(size, size), mode="bilinear", align_corners=False
            )
    return result


def noisy(tiles: Tensor, chance: Chance, probability: float) -> Tensor:
    """Sensor noise of 2 to 12 grey levels."""
    n = len(tiles)
    level = chance.uniform(n, 2, 12) * chance.picks(n, probability)
    return tiles + torch.randn(tiles.shape, generator=chance.torch) * level[:, None, None, None]


def covered(tiles: Tensor, chance: Chance, probability: float) -> Tensor:
    """A rectangle of one grey hides a part (cutout)."""
    n, size = len(tiles), tiles.shape[-1]
    width, height = chance.uniform(n, 0.15, 0.5), chance.uniform(n, 0.15, 0.5)
    left, top = chance.uniform(n, 0, 1) - width / 2, chance.uniform(n, 0, 1) - height / 2
    at = (torch.arange(size) + 0.5) / size
    columns = (at >= left[:, None]) & (at < (left + width)[:, None])
    rows = (at >= top[:, None]) & (at < (top + height)[:, None])
    hidden = rows[:, None, :, None] & columns[:, None, None, :]
    hidden &= chance.picks(n, probability)[:, None, None, None]
    return torch.where(hidden, (chance.uniform(n, 0, 255))[:, None, None, None], tiles)


def augmented(tiles: Tensor, size: int, chance: Chance, strength: float = 1.0) -> Tensor:
    """All of it, in the order in which a camera would make them: (N, 1, size, size).

    strength: 1 as much as a large net bears, 0 hardly any.
    """
    windows = covered(displaced(tiles, size, chance, strength), chance, 0.35 * strength)
    shown = coarse(lit(windows, chance, strength), chance, 0.25 * strength)
    return noisy(shown, chance, 0.2 * strength).clamp_(0, 255)


def augmented_eyes(tiles: Tensor, size: int, chance: Chance, strength: float = 1.0) -> Tensor:
    """The same for eyes, most of which arrive as a few pixels of a face."""
    windows = covered(displaced(tiles, size, chance, strength), chance, 0.1 * strength)
    shown = coarse(lit(windows, chance, strength), chance, 0.7 * strength, _SMALL_EYES)
    return noisy(shown, chance, 0.2 * strength).clamp_(0, 255)
