"""A photo whose face is a white disc."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from discs import SQUARE, label

from smilecascade.evaluate.stress.case import Case
from smilecascade.records import AnnotatedPhoto, FaceLabel


@pytest.fixture
def image() -> np.ndarray:
    rows, columns = np.mgrid[:200, :300] + 0.5
    disc = np.hypot(columns - 150, rows - 90) < 30
    return np.repeat(disc[..., None].astype(np.uint8) * 255, 3, axis=2)


@pytest.fixture
def photo() -> Callable[..., AnnotatedPhoto]:
    """Makes a photo of this name with the disc's label and others."""

    def make(*others: FaceLabel, name: str = "a.jpg") -> AnnotatedPhoto:
        return AnnotatedPhoto(path=Path(name), name=name, faces=(label(SQUARE), *others))

    return make


@pytest.fixture
def case(photo, image: np.ndarray) -> Case:
    return Case.of(photo(), image, 20)
