"""What a net should say of windows that were displaced, turned and mirrored on purpose.

Every window here is one cut from a stored face: its displacement is known, since it was
drawn. A window's own frame is that of its picture, so a turned window sees its face
displaced, and the face's points lie, turned the other way.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from smilecascade.geometry.calibration import ABOVE_CHANCE, DISPLACEMENTS, SCALES, SHIFTS
from smilecascade.train.augment import Chance, Windows

#: How windows are displaced: to one of the 45 classes, anywhere among them, or less.
Displaced = Literal["classes", "anywhere", "nearly"]

#: Windows are displaced a little further than the outermost classes, in those classes' reach,
#: since a coarse grid does so too; what lies beyond counts as outermost.
BEYOND = 1.15

#: Some are displaced still further, up to this reach, so that calibration knows the way back from
#: windows that a classifier keeps though they are hardly in place.
FAR, FAR_SHARE = 1.8, 0.25

#: The same of windows that all levels have moved: most are nearly in place.
NEARLY, SELDOM_FAR = 0.8, 0.05


class Table(NamedTuple):
    """Displacements as a grid: evenly spaced shifts along x and y, and evenly spaced ln s.

    shifts: (K,) in sides of the face; log_scales: (L,); rows: (L·K·K, 3), all displacements as dx, dy,
    ln s, in the order of ``geometry.calibration``.
    """

    shifts: Tensor
    log_scales: Tensor
    rows: Tensor


def _table(shifts: int, scales: int) -> Table:
    """With the outermost displacements of the 45, and so many shifts and scales."""
    along = torch.linspace(SHIFTS[0], SHIFTS[-1], shifts)
    log_scales = torch.linspace(float(np.log(SCALES[0])), float(np.log(SCALES[-1])), scales)
    grid = torch.meshgrid(log_scales, along, along, indexing="ij")
    return Table(along, log_scales, torch.stack(grid[::-1], dim=-1).flatten(0, 2))


#: The 45, and coarser and finer grids, by their number of classes: that of a net's outputs says with
#: which it was trained.
TABLES = {len(table.rows): table for table in (_table(3, 5), _table(2, 2), _table(3, 3), _table(5, 9))}

_TABLE = torch.from_numpy(DISPLACEMENTS)
_LIMIT = torch.tensor([SHIFTS[-1], SHIFTS[-1], np.log(SCALES[-1])], dtype=torch.float32)

#: Left and right change places in a mirrored picture: eyes and mouth corners of ``crops.POINTS``.
_MIRRORED_POINTS = [1, 0, 2, 4, 3, 5]


def drawn_displacements(count: int, chance: Chance, displaced: Displaced) -> Tensor:
    """Random displacements (count, 3): dx, dy in sides of the face, ln s.

    ``anywhere``: each window has a reach of its own, up to the outermost classes and a little
    beyond, since later levels get windows that are nearly in place; and some lie ``FAR``.
    ``nearly``: most reach ``NEARLY`` as far.
    """
    if displaced == "classes":
        return _TABLE[torch.randint(len(_TABLE), (count,), generator=chance.torch)]
    most, share = (NEARLY, SELDOM_FAR) if displaced == "nearly" else (BEYOND, FAR_SHARE)
    near, far = chance.uniform(count, 0.3, most), chance.uniform(count, most, FAR)
    reach = torch.where(chance.picks(count, share), far, near)
    return (torch.rand(count, 3, generator=chance.torch) * 2 - 1) * reach[:, None] * _LIMIT


def windows_of(displacements: Tensor, roll: Tensor) -> Windows:
    """The windows that see their face so displaced when they are turned by ``roll`` (N,) radians.

    The displacement is meant in the frame of the picture that is cut, so it is turned back
    into the frame of the photo.
    """
    return Windows(
        shift=turned(displacements[:, None, :2], roll)[:, 0], side=displacements[:, 2].exp(), roll=roll
    )


def turned(points: Tensor, roll: Tensor) -> Tensor:
    """Points (N, P, 2) turned about the origin by (N,) radians, from x towards y."""
    cos, sin = roll.cos()[:, None], roll.sin()[:, None]
    x, y = points.unbind(-1)
    return torch.stack([x * cos - y * sin, x * sin + y * cos], dim=-1)


def points_in(windows: Windows, points: Tensor) -> Tensor:
    """Points (N, P, 2), from the face's centre in its sides, as the windows see them.

    From the window's centre, in sides of the window. NaN stays NaN.
    """
    return turned(points - windows.shift[:, None], -windows.roll) / windows.side[:, None, None]


def mirrored(displacements: Tensor, points: Tensor, flipped: Tensor) -> tuple[Tensor, Tensor]:
    """What the mirrored pictures among (N,) ``flipped`` show: displacements (N, 3), points (N, 6, 2)."""
    other_way = displacements * torch.tensor([-1.0, 1, 1])
    other_points = points[:, _MIRRORED_POINTS] * torch.tensor([-1.0, 1])
    return (
        torch.where(flipped[:, None], other_way, displacements),
        torch.where(flipped[:, None, None], other_points, points),
    )


def class_weights(displacements: Tensor, classes: int = len(DISPLACEMENTS)) -> Tensor:
    """Displacements (N, 3) as distributions over the 45 classes (N, 45) whose mean they are.

    Each of dx, dy and ln s lies between two neighbours of its axis, and is shared among them by
    closeness; a displacement that is a class gives that class alone. Beyond the outermost, the
    outermost. ``classes``: the size of another of the ``TABLES``.
    """
    table = TABLES[classes]
    dx = _shares(displacements[:, 0], table.shifts)
    dy = _shares(displacements[:, 1], table.shifts)
    scale = _shares(displacements[:, 2], table.log_scales)
    return (scale[:, :, None, None] * dy[:, None, :, None] * dx[:, None, None, :]).flatten(1)


def _shares(values: Tensor, axis: Tensor) -> Tensor:
    """(N,) values as shares (N, K) of the K evenly spaced points of an axis."""
    axis = axis.to(values.device)
    step = axis[1] - axis[0]
    return (1 - (values.clamp(axis[0], axis[-1])[:, None] - axis).abs() / step).clamp(min=0)


def expected(logits: Tensor) -> Tensor:
    """The displacement (N, 3) that logits (N, 45) stand for, as the cascade reads them.

    The same as ``geometry.calibration.expected_displacements`` of their softmax; of the logits of
    another of the ``TABLES``, by its classes. Of (N, 3), which are a direct prediction, it changes nothing.
    """
    classes = int(logits.shape[1])  # while a net is exported, shapes are tensors
    if classes == len(_LIMIT):
        return logits
    likely = torch.softmax(logits, dim=1)
    least = 1 / classes + ABOVE_CHANCE
    weights = torch.where(likely > least, likely, torch.zeros_like(likely))
    return weights @ TABLES[classes].rows.to(logits.device) / weights.sum(1, keepdim=True).clamp(min=least)
