"""A face that is a white disc, and a detector that sees it."""

import numpy as np

from smilecascade.geometry.boxes import Box
from smilecascade.records import Face, FaceLabel, OriginalLabel

#: The square about the disc, in a black photo 200 high and 300 wide.
SQUARE: Box = (120.0, 60.0, 180.0, 120.0)


class Sharp:
    """Finds the square about all that is bright, and is as sure as it is bright.

    elsewhere: the score of a false alarm that it has besides.
    """

    def __init__(self, name: str = "sharp", elsewhere: float | None = None) -> None:
        self.name, self.elsewhere = name, elsewhere
        self.asked: list[float] = []

    def detect(self, image: np.ndarray, min_face: float) -> list[Face]:
        self.asked.append(min_face)
        faces = [Face(box=(0, 0, 30, 30), score=self.elsewhere)] if self.elsewhere else []
        brightness = image.max() / 255
        return [Face(box=seen(image), score=float(brightness)), *faces] if brightness > 0.5 else faces


def seen(image: np.ndarray) -> Box:
    """The box about the bright pixels."""
    rows, columns = np.nonzero(image[..., 0] > 127)
    return (
        float(columns.min()),
        float(rows.min()),
        float(columns.max() + 1),
        float(rows.max() + 1),
    )


def label(square: Box, role: str = "face") -> FaceLabel:
    return FaceLabel(square=square, role=role, original=OriginalLabel(kind="box", values=square))
