"""Levels without weights: what a window scores is how bright it is, and it moves as it is told."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from smilecascade.bundle import Align, Judge, Verdicts
from smilecascade.detect.level import Level
from smilecascade.specs import LevelSpec

MakeLevel = Callable[..., Level]
MakeJudge = Callable[..., Judge]
MakeAlign = Callable[..., Align]


class Brightness:
    """A net that slides: the score of a window is its mean, 0..1; remembers the shapes it was given.

    displacement: what it says of every window; None: it does not calibrate.
    """

    def __init__(
        self, window: int, stride: int, displacement: tuple[float, float, float] | None = None
    ) -> None:
        self.window, self.stride, self.displacement = window, stride, displacement
        self.asked: list[tuple[int, ...]] = []

    def __call__(self, pixels: np.ndarray, min_score: float) -> Verdicts:
        self.asked.append(pixels.shape)
        grey = pixels[..., 0].astype(np.float32) / 255
        views = np.lib.stride_tricks.sliding_window_view(grey, (self.window, self.window), axis=(1, 2))
        scores = views[:, :: self.stride, :: self.stride].mean(axis=(3, 4), dtype=np.float32).ravel()
        places = np.flatnonzero(scores >= min_score)
        return Verdicts(
            places=places,
            scores=scores[places],
            displacements=self.displacement and np.full((len(places), 3), self.displacement, np.float32),
        )


class Light:
    """An aligner that says this of a white crop, of a grey one half of it; remembers the shapes it was given.

    displacement: (3,). points: (5, 2).
    """

    def __init__(self, displacement: object = (0, 0, 0), points: object = np.zeros((5, 2))) -> None:
        self.displacement = np.asarray(displacement, np.float32)
        self.points = np.asarray(points, np.float32)
        self.asked: list[tuple[int, ...]] = []

    def __call__(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.asked.append(pixels.shape)
        light = pixels[..., 0].mean(axis=(1, 2), dtype=np.float32) / 255
        return light[:, None] * self.displacement, light[:, None, None] * self.points


@pytest.fixture
def make_judge() -> MakeJudge:
    """Builds a net of windows of 12 pixels in steps of 1 that judges by brightness; takes what it says."""

    def make(**said: Any) -> Judge:
        return Brightness(12, 1, **said)

    return make


@pytest.fixture
def make_align() -> MakeAlign:
    """Builds an aligner that goes by brightness; takes what it says of white."""
    return Light


@pytest.fixture
def make_level() -> MakeLevel:
    """Builds a level of windows of 12 pixels that judges by brightness; takes fields of its spec."""

    def make(number: int = 1, judge: Judge | None = None, **fields: object) -> Level:
        stride = 2 if number == 1 else 1
        spec = LevelSpec(**{"net": "fake", "window": 12, "min_score": 0.9, "stride": stride, **fields})
        return Level(number=number, spec=spec, judge=judge or Brightness(12, stride))

    return make


@pytest.fixture
def bright() -> np.ndarray:
    """A black photo, 60 high and 80 wide, with a white square: (18, 14, 42, 38)."""
    image = np.zeros((60, 80, 3), np.uint8)
    image[14:38, 18:42] = 255
    return image
