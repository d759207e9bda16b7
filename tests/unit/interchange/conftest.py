"""Photos to write, and what they are read back as."""

import pytest

from smilecascade.interchange.regions import MarkedPhoto, Region


@pytest.fixture
def photos() -> list[MarkedPhoto]:
    """A photo of two faces, one of them ignored, and a photo of none."""
    faces = (
        Region(box=(10, 20, 40.5, 60.25), score=0.75, group="with_mask"),
        Region(box=(-3, 5, 17, 25), score=0.5, group="face", ignored=True),
    )
    return [
        MarkedPhoto(name="0--Parade/a b.jpg", size=(320, 240), regions=faces),
        MarkedPhoto(name="c.jpg", size=(32, 24)),
    ]
