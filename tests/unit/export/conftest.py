"""One outcome of each kind."""

import pytest

from smilecascade.export import FoundFaces, FoundFrame, Outcome, Unread
from smilecascade.records import Face

POINTS = tuple((10.0 * i, 10.0 * i + 5) for i in range(1, 6))


@pytest.fixture
def outcomes() -> list[Outcome]:
    """Two faces in a photo, no face in another, a file that is no photo, and a frame of a video."""
    plain = Face(box=(1.23456, 2.0, 30.5, 40.999), score=0.98765432)
    pointed = Face(box=(-3.0, 0.0, 9.0, 9.0), score=0.5, points=POINTS)
    shares = {"happiness": 0.9, "neutral": 0.1}
    smiling = Face(
        box=(0, 0, 9, 9), score=1.0, track=3, expression="happiness", smiley="😀", probabilities=shares
    )
    return [
        FoundFaces(path="a.jpg", width=640, height=480, faces=(plain, pointed)),
        FoundFaces(path="b.jpg", width=1, height=2, faces=()),
        Unread(path="c, or d.jpg", error="is empty; fetch it again"),
        FoundFrame(path="e.mp4", frame=30, time_s=1.25, faces=(smiling,)),
    ]
