"""The one place where masking asks what faces show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smilecascade.analyze import Cascade
from smilecascade.express import Expression
from smilecascade.express.classify import open_classifier
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Face

#: What each of these faces in a photo shows, in their order; None where nobody knows.
Express = Callable[[Pixels, Sequence[Face]], Sequence[Expression | None]]


def expressions_of(cascade: Cascade) -> Express:
    """How this cascade's bundle reads faces; of one that does not, all are unknown."""
    classifier = open_classifier(cascade.bundle)
    if classifier is None:
        return unknown
    return lambda image, faces: classifier.expressions(Mipmaps(image), faces) if faces else []


def unknown(image: Pixels, faces: Sequence[Face]) -> list[Expression | None]:
    """Of no face it is known what it shows."""
    return [None] * len(faces)
