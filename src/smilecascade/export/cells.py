"""A face as named single values, as tables have them: the columns of CSV, the fields of Parquet."""

from __future__ import annotations

from typing import Any

from smilecascade.export.outcomes import Plain

CORNERS = ("x1", "y1", "x2", "y2")

#: The five points, of which left and right are the viewer's.
POINTS = tuple(
    f"{point}_{axis}"
    for point in ("left_eye", "right_eye", "nose", "left_mouth", "right_mouth")
    for axis in ("x", "y")
)

#: What every face has a place for; the points are None where the bundle does not name them.
CELLS = (*CORNERS, "score", *POINTS)


def cells(face: Plain) -> dict[str, Any]:
    """The ``CELLS`` of a face that ``face_to_json`` made; what it has beside these stays as it is."""
    beside = {name: value for name, value in face.items() if name not in ("box", "points")}
    points = [value for point in face["points"] or () for value in point]
    return dict(zip(CORNERS, face["box"], strict=True)) | dict(zip(POINTS, points, strict=False)) | beside
