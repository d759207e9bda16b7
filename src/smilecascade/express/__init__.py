"""From a face to its expression, and from an expression to a smiley."""

from smilecascade.express.drawn import to_pixels, to_svg
from smilecascade.express.emotions import EMOTIONS, Expression
from smilecascade.express.face import FaceShape, face_of
from smilecascade.express.smiley import Steady, smiley_of

__all__ = [
    "EMOTIONS",
    "Expression",
    "FaceShape",
    "Steady",
    "face_of",
    "smiley_of",
    "to_pixels",
    "to_svg",
]
