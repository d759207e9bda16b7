"""Levels without weights: what a window scores is how bright it is."""

from collections.abc import Callable

import numpy as np
import pytest

from smilecascade.bundle import Classifier
from smilecascade.detect.level import Level
from smilecascade.specs import LevelSpec

MakeLevel = Callable[..., Level]


class Brightness:
    """A classifier that slides: the mean of each window, 0..1; remembers the shapes it was given."""

    def __init__(self, window: int, stride: int) -> None:
        self.window, self.stride = window, stride
        self.asked: list[tuple[int, ...]] = []

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        self.asked.append(pixels.shape)
        grey = pixels[..., 0].astype(np.float32) / 255
        views = np.lib.stride_tricks.sliding_window_view(grey, (self.window, self.window), axis=(1, 2))
        scores: np.ndarray = views[:, :: self.stride, :: self.stride].mean(axis=(3, 4), dtype=np.float32)
        return scores


@pytest.fixture
def make_level() -> MakeLevel:
    """Builds a level of windows of 12 pixels that judges by brightness; takes fields of its spec."""

    def make(number: int = 1, classify: Classifier | None = None, **fields: object) -> Level:
        stride = 2 if number == 1 else 1
        spec = LevelSpec(**{"net": "fake", "window": 12, "min_score": 0.9, "stride": stride, **fields})
        return Level(number=number, spec=spec, classify=classify or Brightness(12, stride))

    return make


@pytest.fixture
def bright() -> np.ndarray:
    """A black photo, 60 high and 80 wide, with a white square: (18, 14, 42, 38)."""
    image = np.zeros((60, 80, 3), np.uint8)
    image[14:38, 18:42] = 255
    return image
