"""Where tests find pictures and data, and what happens where data are missing.

SMILECASCADE_SHARED: the folder whose data/ holds the packed sets and unpack.py; default: the
folder ``shared`` beside the checkout. SMILECASCADE_DATA: a folder of unpacked sets, used
before the packed ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# A slow or busy machine is no failed law.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT / os.environ.get("SMILECASCADE_SHARED", "../shared")

Dataset = Callable[[str], Path]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of photos in the public domain that come with the project."""
    return ROOT / "examples"


@pytest.fixture(scope="session")
def astronaut(examples: Path) -> Path:
    """A photo with exactly one face."""
    return examples / "astronaut.jpg"


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A function from the name of a set to its unpacked folder; skips where the set is missing.

    Where CI has the shared folder, a missing set fails instead: it would hide a test.
    """
    unpacked = tmp_path_factory.mktemp("datasets")

    def folder(name: str) -> Path:
        ready = _ready(name) or unpacked / name
        return ready if ready.is_dir() else _unpacked(name, unpacked)

    return folder


def _ready(name: str) -> Path | None:
    given = os.environ.get("SMILECASCADE_DATA")
    return Path(given, name) if given and Path(given, name).is_dir() else None


def _unpacked(name: str, folder: Path) -> Path:
    if not (SHARED / "data" / f"{name}.tar").is_file():
        _missing(f"{name} is neither in SMILECASCADE_DATA nor packed in {SHARED / 'data'}")
    unpack = [sys.executable, SHARED / "data" / "unpack.py", folder, name]
    subprocess.run(unpack, check=True, stdout=subprocess.DEVNULL)
    return folder / name


def _missing(message: str) -> None:
    if os.environ.get("CI") and SHARED.is_dir():
        pytest.fail(message)
    pytest.skip(message)
