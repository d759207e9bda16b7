"""Photos and boxes to measure with."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from smilecascade.geometry.boxes import Box
from smilecascade.records import AnnotatedPhoto, FaceLabel, LabelRole, OriginalLabel

#: Makes a photo of this name from its labels, each a role and a square.
MakePhoto = Callable[..., AnnotatedPhoto]


@pytest.fixture
def photo() -> MakePhoto:
    """Makes an annotated photo, of which nothing lies on disk."""

    def make(name: str = "a.jpg", labels: Sequence[tuple[LabelRole, Box]] = ()) -> AnnotatedPhoto:
        faces = tuple(
            FaceLabel(square=square, role=role, original=OriginalLabel(kind="box", values=square))
            for role, square in labels
        )
        return AnnotatedPhoto(path=Path(name), name=name, faces=faces)

    return make
