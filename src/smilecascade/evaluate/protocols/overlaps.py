"""How far two regions overlap, rectangles and ellipses alike: FDDB judges the one against the other.

FDDB's own program rounds a region to whole pixels, paints it onto a mask of the photo and counts
pixels. Here nothing is rounded: a region is a stack of lines, on each of which it spans from one x
to another. What rectangles share is exact; with an ellipse, ``ROWS`` lines keep the IoU within 0.00002
of the true one. The program's rounding moves the IoU of a pair by more, about 0.02 for faces of
40 pixels, but the rates of a whole set by 0.002 only (docs/protocols.md).
"""

from __future__ import annotations

from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from smilecascade.interchange.regions import Ellipse, MarkedPhoto, Region

#: Lines that a region is cut into.
ROWS = 1024

Values = NDArray[np.float64]

#: Width and height of a photo.
Size = tuple[int, int]


def overlaps(labels: MarkedPhoto, found: MarkedPhoto) -> Values:
    """IoU of every label (A,) with every detection (D,) of a photo: (A, D) in 0..1; 0 for empty unions.

    Where either side tells the photo's size, only what lies inside counts, as on FDDB's masks.
    """
    size = found.size or labels.size
    label_areas, areas = ([area(one, size) for one in photo.regions] for photo in (labels, found))
    iou = np.zeros((len(label_areas), len(areas)))
    for row, label in enumerate(labels.regions):
        for column, one in enumerate(found.regions):
            common = shared(label, one, size)
            union = label_areas[row] + areas[column] - common
            iou[row, column] = common / union if union > 0 else 0.0
    return iou


def area(region: Region, size: Size | None = None) -> float:
    """The area of a region within a photo, pixels²."""
    return shared(region, region, size)


def shared(first: Region, second: Region, size: Size | None = None) -> float:
    """The area that two regions share within a photo of this size (None: anywhere), pixels²."""
    left, top, right, bottom = _common(first, second, size)
    if not (right > left and bottom > top):
        return 0.0
    rows = top + (np.arange(ROWS, dtype=np.float64) + 0.5) * ((bottom - top) / ROWS)
    (start, end), (other_start, other_end) = _span(first, rows), _span(second, rows)
    start = np.maximum(np.maximum(start, other_start), left)
    end = np.minimum(np.minimum(end, other_end), right)
    return float(np.maximum(end - start, 0).mean() * (bottom - top))


def _common(first: Region, second: Region, size: Size | None) -> tuple[float, float, float, float]:
    """The box that the boxes of both have in common, and the photo."""
    photo = (0.0, 0.0, *map(float, size)) if size else (-np.inf, -np.inf, np.inf, np.inf)
    columns = list(zip(first.box, second.box, photo, strict=True))
    return max(columns[0]), max(columns[1]), min(columns[2]), min(columns[3])


def _span(region: Region, rows: Values) -> tuple[Values, Values]:
    """From which x to which a region spans on lines y, all of which cross its box."""
    if region.ellipse is not None:
        return _span_of_ellipse(region.ellipse, rows)
    return np.full_like(rows, region.box[0]), np.full_like(rows, region.box[2])


def _span_of_ellipse(ellipse: Ellipse, rows: Values) -> tuple[Values, Values]:
    """The roots x of a·x² + 2·b·x·y + c·y² = 1 about the centre, for each line y."""
    dy = rows - ellipse.y
    cosine, sine = cos(ellipse.angle), sin(ellipse.angle)
    along, across = ellipse.major**-2, ellipse.minor**-2
    a = cosine**2 * along + sine**2 * across
    b = cosine * sine * (along - across)
    half = np.sqrt(np.maximum(a - along * across * dy**2, 0)) / a
    middle = ellipse.x - b * dy / a
    return middle - half, middle + half
