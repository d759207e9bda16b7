"""A cascade that needs no weights: every photo has one face, except those of 7 pixels' width."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import smilecascade
from smilecascade.analyze import Searched
from smilecascade.detect.cascade import Stage
from smilecascade.images import save
from smilecascade.records import Candidates, Face


class FakeCascade:
    """Finds one face in each photo but in those 7 pixels wide, and remembers what it was asked."""

    bundle = SimpleNamespace(
        digest="0123456789abcdef", spec=SimpleNamespace(levels=(SimpleNamespace(min_score=0.5),))
    )

    def __init__(self) -> None:
        self.loaded: list[tuple[Path | None, int | None]] = []
        self.asked: list[tuple[tuple[int, ...], float, float | None]] = []
        self.elapsed_s: Iterator[float] = repeat(0.0025)

    def detect(
        self, image: NDArray[np.uint8], *, min_face: float = 40, min_score: float | None = None
    ) -> Sequence[Face]:
        self.asked.append((image.shape, min_face, min_score))
        return [] if image.shape[1] == 7 else [Face(box=(1.0, 2.0, 5.4, 6.6), score=0.9876)]

    def detect_each(
        self, sources: Iterable[Callable[[], NDArray[np.uint8]]], *, keep_images: bool = False, **how: Any
    ) -> Generator[Searched | Exception, None, None]:
        for source in sources:
            try:
                image = source()
                faces = list(self.detect(image, **how))
            except Exception as error:
                yield error
                continue
            height, width = image.shape[:2]
            yield Searched(height=height, width=width, faces=faces, image=image if keep_images else None)

    def trace(
        self, image: NDArray[np.uint8], *, min_face: float = 40, min_score: float | None = None
    ) -> list[Stage]:
        self.asked.append((image.shape, min_face, min_score))
        found = Candidates(
            boxes=np.array([(1, 1, 5, 5)], np.float32),
            scores=np.ones(1, np.float32),
            scales=np.zeros(1, np.int32),
        )
        return [
            Stage(level=1, step="classified", entered=1200, candidates=found, elapsed_s=next(self.elapsed_s)),
            Stage(level=0, step="reported", entered=1, candidates=found, elapsed_s=0.00004),
        ]


@pytest.fixture
def cascade(monkeypatch: pytest.MonkeyPatch) -> FakeCascade:
    """The cascade that ``smilecascade.load`` gives."""
    fake = FakeCascade()

    def load(path: Path | None = None, *, threads: int | None = None) -> FakeCascade:
        fake.loaded.append((path, threads))
        return fake

    monkeypatch.setattr(smilecascade, "load", load)
    return fake


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of two photos: a.png, 8 by 6 pixels, with a face, and below/b.jpg, 7 by 5, without."""
    folder = tmp_path / "photos"
    (folder / "below").mkdir(parents=True)
    save(np.zeros((6, 8, 3), np.uint8), folder / "a.png")
    save(np.zeros((5, 7, 3), np.uint8), folder / "below" / "b.jpg")
    return folder
