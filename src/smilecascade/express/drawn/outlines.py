"""Shapes as polygons of straight edges, fine enough for the size at which they are drawn."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from smilecascade.express.drawn.shapes import Ellipse, Floats, Shape, Stroke, ellipse

#: How far a polygon may lie from its curve, pixels: below what a shade of grey shows.
_ERROR = 0.02


def outline(shape: Shape, scale: float) -> Floats:
    """The edge of a shape as a polygon, (N, 2), in its own units; scale: pixels a unit."""
    if isinstance(shape, Ellipse):
        return flattened(ellipse(shape.centre, shape.radii), scale)
    if isinstance(shape, Stroke):
        return _stroked(flattened(shape.curve, scale), shape.width / 2, scale)
    return flattened(shape.curve, scale)


def flattened(curve: Floats, scale: float) -> Floats:
    """Points on a path of cubic Béziers, (N, 2); the last one where it ends."""
    pieces = np.stack([curve[i : len(curve) - 3 + i : 3] for i in range(4)])
    bends = np.abs(np.diff(pieces, 2, axis=0)).max()
    # A Bézier in n steps lies within 3/4 of its largest second difference, over n², of its chords.
    steps = int(np.ceil(np.sqrt(0.75 * bends * scale / _ERROR))) or 1
    points = np.einsum("sk,kpd->psd", _weights(steps), pieces).reshape(-1, 2)
    return np.concatenate([points, curve[-1:]])


@lru_cache(maxsize=256)
def _weights(steps: int) -> Floats:
    """What each of the four points of a Bézier weighs at the start of each step, (steps, 4)."""
    t = np.arange(steps) / steps
    s = 1 - t
    return np.stack([s**3, 3 * s**2 * t, 3 * s * t**2, t**3], axis=1)


def _stroked(line: Floats, radius: float, scale: float) -> Floats:
    """The outline of a thick line with round ends; its bends must be wider than it is thick."""
    tangents = np.gradient(line, axis=0)
    tangents *= radius / np.hypot(*tangents.T)[:, None]
    normals = tangents[:, ::-1] * (1, -1)
    ahead = line[-1] + _round_end(normals[-1], tangents[-1], radius * scale)
    behind = line[0] + _round_end(-normals[0], -tangents[0], radius * scale)
    return np.concatenate([line + normals, ahead, (line - normals)[::-1], behind])


def _round_end(start: Floats, over: Floats, radius: float) -> Floats:
    """Points of half a circle from a point, over another, to the one opposite; its ends left out."""
    steps = int(np.ceil(np.pi / np.sqrt(8 * _ERROR / max(radius, 1)))) + 1
    angles = np.linspace(0, np.pi, steps + 1)[1:-1, None]
    turn: Floats = np.cos(angles) * start + np.sin(angles) * over
    return turn
