"""Two photos, the folder of results, and rows of results."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smilecascade.images import save

pytest.importorskip("pyarrow", reason="needs the extra 'ray'")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        save(np.zeros((60, 80, 3), np.uint8), folder / name)
    return folder


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """A row of results of a photo without faces."""

    def made(path: str, size: int | None = 5, mtime: int | None = 7, error: str | None = None) -> Any:
        found = {"error": error} if error else {"width": 80, "height": 60, "faces": []}
        return {"path": path, "size": size, "mtime": mtime} | found

    return made
