"""The colours of a smiley."""

from __future__ import annotations

from smilecascade.express.drawn.shapes import Colour

INK: Colour = (62, 35, 22)
GLOW: Colour = (255, 236, 150)
SKIN: Colour = (255, 208, 66)
SHADE: Colour = (247, 166, 36)
RIM: Colour = (206, 124, 22)
BROW: Colour = (104, 58, 26)
BLUSH: Colour = (250, 100, 80)
FLUSH: Colour = (232, 62, 40)
SICKLY: Colour = (122, 170, 50)
PALLOR: Colour = (160, 200, 246)
WHITE: Colour = (255, 255, 255)
TEETH: Colour = (255, 250, 242)
THROAT: Colour = (104, 26, 34)
TONGUE: Colour = (240, 108, 112)
WATER: Colour = (64, 156, 236)
FOAM: Colour = (160, 216, 252)


def mixed(colours: list[tuple[float, Colour]]) -> Colour:
    """The weighted mean of colours; weights ≥ 0, together more than 0."""
    total = sum(weight for weight, _ in colours)
    red, green, blue = (round(sum(w * colour[i] for w, colour in colours) / total) for i in range(3))
    return (red, green, blue)
