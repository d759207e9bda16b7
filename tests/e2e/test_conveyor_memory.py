"""Memory is bounded by the photos in flight, never by the length of the input."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from smilecascade.images import read, save

#: Resident memory may be this much above what it was once the conveyor was in full swing.
GROWTH = 1.05

PROGRAM = """
import sys
from functools import partial
from itertools import cycle, islice
from pathlib import Path
import smilecascade
from smilecascade.images import read

paths = islice(cycle(sorted(Path(sys.argv[1]).iterdir())), int(sys.argv[2]))
found = smilecascade.load(threads=2).detect_each(partial(read, path) for path in paths)
for number, result in enumerate(found, start=1):
    if number % 100 == 0:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        print(pages, len(result.faces), flush=True)
"""


@pytest.fixture(scope="module")
def photos(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 39 photos of different sizes, most of them with a face."""
    folder = tmp_path_factory.mktemp("photos")
    for number, photo in enumerate(sorted(examples.glob("*.jpg")) * 13):
        image = Image.fromarray(read(photo))
        image.thumbnail((120 + 5 * number, 300))
        save(np.asarray(image), folder / f"{number:02}.jpg")
    return folder


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc, which only Linux has")
@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_many_photos_take_no_more_memory_than_some(photos: Path, count: int) -> None:
    command = [sys.executable, "-c", PROGRAM, str(photos), str(count)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    pages, faces = np.array([line.split() for line in run.stdout.splitlines()], int).T
    assert len(pages) == count // 100
    assert faces.any()
    swing = max(len(pages) // 4, 10)  # until then free memory is still being scattered
    assert np.median(pages[swing:]) <= GROWTH * np.median(pages[swing // 2 : swing])
