"""The ways in which a face is made hard to find, each in steps from none to too much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from smilecascade.evaluate.stress.case import Case, cropped, rolled, scaled
from smilecascade.evaluate.stress.damage import blurred, compressed, darkened, noisy
from smilecascade.mipmaps import Pixels

#: The share of the smallest face in a photo that is searched, where faces are smaller than is asked for.
SEARCHED = 0.8

#: Makes a case harder: from the case as it was, the step, and random numbers that are the same at every step.
Make = Callable[[Case, float, np.random.Generator], Case]


@dataclass(frozen=True, kw_only=True)
class Family:
    """One way: what it is called, the unit of its steps, the steps, and what it does.

    mildest: the step at which a face is as good as untouched; what is lost is told beside it.
    fits: whether a case can be made of this photo at every step. ticks, scale: of the curves' axis.
    """

    name: str
    unit: str
    steps: tuple[float, ...]
    mildest: float
    make: Make
    ticks: tuple[float, ...]
    scale: Literal["linear", "log"] = "linear"
    fits: Callable[[Case], bool] = lambda case: True


def _of_size(case: Case, side: float, _: np.random.Generator) -> Case:
    """Shrunk or enlarged until the face has this side, and searched for faces so small."""
    return replace(scaled(case, side / case.side), min_face=min(case.min_face, SEARCHED * side))


def _filling(case: Case, share: float, _: np.random.Generator) -> Case:
    """The photo cut to the shape of the face, which takes up this share of its width and height.

    The face lies in the middle, or as near to it as the photo's borders let it.
    """
    x1, y1, x2, y2 = case.box
    size = np.array([x2 - x1, y2 - y1]) / share
    room = np.array([case.image.shape[1], case.image.shape[0]]) - size
    left, top = np.clip((np.array([x1 + x2, y1 + y2]) - size) / 2, 0, np.maximum(room, 0)).tolist()
    return cropped(case, (left, top, left + size[0], top + size[1]))


def _cut(case: Case, share: float, generator: np.random.Generator) -> Case:
    """This share of the face lies beyond one of the four borders, which chance chooses."""
    x1, y1, x2, y2 = case.box
    height, width = case.image.shape[:2]
    across, down = share * (x2 - x1), share * (y2 - y1)
    windows = (
        (x1 + across, 0, width, height),
        (0, y1 + down, width, height),
        (0, 0, x2 - across, height),
        (0, 0, width, y2 - down),
    )
    return cropped(case, windows[generator.integers(4)])


def _spoilt(damage: Callable[[Case, float, np.random.Generator], Pixels]) -> Make:
    return lambda case, step, generator: replace(case, image=damage(case, step, generator))


_SMALLEST_SHARE = 0.5


def _has_room(case: Case) -> bool:
    x1, y1, x2, y2 = case.box
    height, width = case.image.shape[:2]
    return bool(max((x2 - x1) / width, (y2 - y1) / height) <= _SMALLEST_SHARE)


FAMILIES = (
    Family(
        name="roll",
        unit="degrees, clockwise",
        steps=tuple(range(-165, 181, 15)),
        mildest=0,
        make=lambda case, degrees, _: rolled(case, degrees),
        ticks=(-90, 0, 90, 180),
    ),
    Family(
        name="size",
        unit="side of the face, px",
        steps=(12, 14, 16, 20, 24, 32, 48, 64, 96),
        mildest=64,
        make=_of_size,
        ticks=(12, 16, 24, 32, 48, 96),
        scale="log",
    ),
    Family(
        name="fills the photo",
        unit="width of the face in the photo's",
        steps=(_SMALLEST_SHARE, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2),
        mildest=_SMALLEST_SHARE,
        make=_filling,
        ticks=(0.6, 0.8, 1, 1.2),
        fits=_has_room,
    ),
    Family(
        name="cut by the border",
        unit="share beyond the border",
        steps=(0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4),
        mildest=0,
        make=_cut,
        ticks=(0, 0.1, 0.2, 0.3, 0.4),
    ),
    Family(
        name="blur",
        unit="sigma in sides of the face",
        steps=(0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12),
        mildest=0,
        make=_spoilt(lambda case, sigma, _: blurred(case.image, sigma * case.side)),
        ticks=(0, 0.04, 0.08, 0.12),
    ),
    Family(
        name="JPEG",
        unit="quality",
        steps=(95, 75, 50, 30, 20, 10, 5, 2),
        mildest=95,
        make=_spoilt(lambda case, quality, _: compressed(case.image, round(quality))),
        ticks=(50, 20, 10, 5, 2),
        scale="log",
    ),
    Family(
        name="darkness",
        unit="stops of light less",
        steps=(0, 1, 2, 4, 6, 8, 10, 12),
        mildest=0,
        make=_spoilt(lambda case, stops, _: darkened(case.image, stops)),
        ticks=(0, 4, 8, 12),
    ),
    Family(
        name="noise",
        unit="standard deviation, of 255",
        steps=(0, 10, 20, 40, 60, 80, 100),
        mildest=0,
        make=_spoilt(lambda case, deviation, generator: noisy(case.image, deviation, generator)),
        ticks=(0, 40, 80),
    ),
)
