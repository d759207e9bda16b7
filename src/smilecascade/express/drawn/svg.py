"""Shapes as SVG: paths, ellipses and gradients, nothing else, and nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from smilecascade.express.drawn.shapes import (
    REACH,
    Colour,
    Ellipse,
    Fill,
    Flat,
    Floats,
    Linear,
    Paint,
    Radial,
    Shape,
    Stop,
    Stroke,
)


def written(shapes: Sequence[Shape], size: int, roll: float) -> str:
    """Shapes as an SVG document of size x size pixels, the same text for the same shapes.

    roll: degrees by which all is turned about the middle, clockwise as one sees it.
    """
    gradients = _gradients(shapes)
    side = f"{-REACH:g} {-REACH:g} {2 * REACH:g} {2 * REACH:g}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="{side}">',
        "<defs>",
        *(_gradient(paint, name) for paint, name in gradients.items()),
        "</defs>",
        f'<g transform="rotate({_number(roll)})" stroke-linecap="round" stroke-linejoin="round">',
        *(_element(shape, gradients) for shape in shapes),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _gradients(shapes: Sequence[Shape]) -> dict[Paint, str]:
    """The gradients among the paints, each with its name.

    A name stands for what the gradient is: several smileys in one page never paint each other.
    """
    paints = dict.fromkeys(shape.paint for shape in shapes if not isinstance(shape.paint, Flat))
    return {paint: f"g{crc32(_gradient(paint, '').encode()):08x}" for paint in paints}


def _gradient(paint: Paint, name: str) -> str:
    if isinstance(paint, Radial):
        kind, place = "radialGradient", f'{_point(paint.centre, "cx", "cy")} r="{_number(paint.radius)}"'
    else:
        assert isinstance(paint, Linear)
        kind, place = "linearGradient", f"{_point(paint.start, 'x1', 'y1')} {_point(paint.end, 'x2', 'y2')}"
    stops = "".join(map(_stop, paint.stops))
    return f'<{kind} id="{name}" gradientUnits="userSpaceOnUse" {place}>{stops}</{kind}>'


def _stop(stop: Stop) -> str:
    opacity = _opacity("stop-opacity", stop.opacity)
    return f'<stop offset="{_number(stop.at)}" stop-color="{_hex(stop.colour)}"{opacity}/>'


def _element(shape: Shape, gradients: dict[Paint, str]) -> str:
    if isinstance(shape, Ellipse):
        radii = _point(shape.radii, "rx", "ry")
        return (
            f"<ellipse {_point(shape.centre, 'cx', 'cy')} {radii} {_paint('fill', shape.paint, gradients)}/>"
        )
    path = f'<path d="{_path(shape.curve)}{"Z" if isinstance(shape, Fill) else ""}"'
    if isinstance(shape, Stroke):
        line = f'{_paint("stroke", shape.paint, gradients)} stroke-width="{_number(shape.width)}"'
        return f'{path} fill="none" {line}/>'
    return f"{path} {_paint('fill', shape.paint, gradients)}/>"


def _path(curve: Floats) -> str:
    first, *others = (f"{_number(x)} {_number(y)}" for x, y in curve.tolist())
    return f"M{first}C{' '.join(others)}"


def _paint(name: str, paint: Paint, gradients: dict[Paint, str]) -> str:
    if isinstance(paint, Flat):
        return f'{name}="{_hex(paint.colour)}"{_opacity(f"{name}-opacity", paint.opacity)}'
    return f'{name}="url(#{gradients[paint]})"'


def _opacity(name: str, value: float) -> str:
    return "" if value == 1 else f' {name}="{_number(value)}"'


def _point(point: tuple[float, float], x: str, y: str) -> str:
    return f'{x}="{_number(point[0])}" {y}="{_number(point[1])}"'


def _hex(colour: Colour) -> str:
    return "#" + bytes(colour).hex()


def _number(value: float) -> str:
    """Two places after the point, which is a hundredth of a pixel at 200 px; no minus before a zero."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
