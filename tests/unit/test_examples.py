from pathlib import Path

import pytest

from smilecascade import images

EXAMPLES = Path(__file__).parents[2] / "examples"
PHOTOS = images.find_photos(EXAMPLES)


def test_there_are_photos() -> None:
    assert PHOTOS


@pytest.mark.parametrize("path", PHOTOS, ids=lambda path: path.name)
def test_each_photo_has_its_size_source_and_terms_in_the_table(path: Path) -> None:
    height, width = images.read(path).shape[:2]
    (row,) = (
        line for line in (EXAMPLES / "README.md").read_text("utf-8").splitlines() if f"`{path.name}`" in line
    )
    assert f"{width}×{height}" in row
    assert "public domain" in row


def test_photos_stay_small() -> None:
    assert sum(path.stat().st_size for path in PHOTOS) < 500_000
