"""Small samples, and PyTorch left as it was."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from smilecascade import images
from smilecascade.records import AnnotatedPhoto, FaceLabel, Landmarks, OriginalLabel
from smilecascade.train.crops import FaceCrops

MakeLabel = Callable[..., FaceLabel]
MakePhoto = Callable[..., AnnotatedPhoto]


@pytest.fixture(autouse=True)
def _quiet(quiet_torch: None) -> None:
    """Seeds and threads are PyTorch's own, and global."""


@pytest.fixture
def label() -> MakeLabel:
    """Labels a face by the edges of its square; takes a role and points."""

    def make(*square: float, role: str = "face", points: Landmarks | None = None) -> FaceLabel:
        original = OriginalLabel(kind="box", values=square)
        return FaceLabel(square=square, original=original, role=role, points=points)  # type: ignore[arg-type]

    return make


@pytest.fixture
def make_photo(tmp_path: Path) -> MakePhoto:
    """Writes an image and gives the photo with these labels."""

    def make(
        image: np.ndarray, *faces: FaceLabel, name: str = "a.png", complete: bool = True
    ) -> AnnotatedPhoto:
        images.save(image, tmp_path / name)
        return AnnotatedPhoto(path=tmp_path / name, name=name, faces=faces, complete=complete)

    return make


@pytest.fixture
def face_crops() -> FaceCrops:
    """Twelve stored crops of noise, of two sets, the last two with another face in them; the
    points of the second set are known, but for the middle of the mouth."""
    rng = np.random.default_rng(0)
    points = rng.uniform(-0.3, 0.3, (12, 6, 2)).astype(np.float32)
    points[:6] = points[:, 5] = np.nan
    return FaceCrops(
        pixels=rng.integers(0, 256, (12, 128, 128, 3), dtype=np.uint8),
        sets=np.array(["fddb_train"] * 6 + ["lfw_150px"] * 6),
        side=np.full(12, 60, np.float32),
        alone=np.array([True] * 10 + [False] * 2),
        points=points,
    )
