"""A smiley of our own, drawn: as SVG or as pixels, both from one list of shapes."""

from smilecascade.express.drawn.smiley import to_pixels, to_svg

__all__ = ["to_pixels", "to_svg"]
