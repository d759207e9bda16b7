"""The one place where masking asks what faces show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from smilecascade.bundle import Bundle
from smilecascade.express import Expression
from smilecascade.express.classify import open_classifier
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Face

#: What each of these faces of a photo shows, in their order. Boxes are as of upright heads: those of
#: faces that lie on their side do not lie.
Express = Callable[[Pixels, Sequence[Face]], Sequence[Expression]]


def expressions_of(bundle: Bundle, threads: int | None = None) -> Express | None:
    """How a bundle reads faces; None where it says nothing of expressions."""
    if bundle.expression is None:
        return None
    classifier = open_classifier(bundle, threads)
    return lambda image, faces: classifier.expressions(Mipmaps(image), faces) if faces else []
