"""Labels as somebody wrote them, and what must hold before anything is learned from them.

The readers of published sets stop at the first fault. Whoever labels photos of their own wants
to hear of all faults at once: here a fault is handed to a ``Report``, and reading goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from smilecascade.datasets.folder import PhotoFolder
from smilecascade.datasets.labels import SMALLEST_SIDE
from smilecascade.datasets.voc import SIZE_TOLERANCE, scaled
from smilecascade.errors import DatasetError, ImageError
from smilecascade.geometry.boxes import Box, square_of_box
from smilecascade.images import size
from smilecascade.records import AnnotatedPhoto, FaceLabel, LabelRole, OriginalLabel

#: Is handed every fault; it may raise it, or keep it and let the reading go on.
Report = Callable[[DatasetError], None]

#: How far the two sides of a photo may be scaled apart, for its labels to be scaled along: shrinking
#: rounds to whole pixels, but another shape means another photo.
SHAPE_TOLERANCE = 0.02

#: Share of a box that must lie in its photo: borders cut faces, but seldom more than half of one.
LEAST_INSIDE = 0.5


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A labelled box as it was written.

    where:   the place of the label, for messages. written: its numbers, likewise.
    box:     x1, y1, x2, y2 in pixels of the photo that was labelled; anything at all, NaN too.
    group:   the class that it was given, or "".
    ignored: whether its author says that it is neither to be found nor background.
    """

    where: str
    written: str
    box: Box
    group: str = ""
    ignored: bool = False


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A photo that labels name. size: the width and height that they declare, or None."""

    where: str
    name: str
    size: tuple[float, float] | None = None
    marks: tuple[Mark, ...] = field(default=())


def raised(fault: DatasetError) -> None:
    """The report of who wants no more than the first fault."""
    raise fault


def fault(where: str, expected: str, got: str) -> DatasetError:
    """The fault of a place: what was expected there, and what came."""
    return DatasetError(f"{where}: expected {expected}, got {got}")


def photos_of(listed: Iterable[Listed], folder: PhotoFolder, report: Report) -> Iterator[AnnotatedPhoto]:
    """The photos that exist below ``folder`` with the marks that are boxes in them, all others reported.

    Every mark becomes a face, or is ignored where its author says so or its square is under
    ``SMALLEST_SIDE``. Marks follow a photo that was resized since, as ``datasets.voc`` has it.
    """
    seen: dict[Path, str] = {}
    for one in listed:
        try:
            path = folder.find(one.where, one.name)
            if path in seen:
                raise fault(one.where, "each photo once", f"{one.name!r}, which {seen[path]} is already")
            seen[path] = one.where
            actual = size(path)
            factors = _factors(one, actual)
        except DatasetError as error:
            report(error)
        except ImageError as error:
            report(DatasetError(f"{one.where}: {error}"))
        else:
            faces = tuple(_faces(one.marks, factors, actual, report))
            yield AnnotatedPhoto(path=path, name=one.name, faces=faces)


def _factors(one: Listed, actual: tuple[int, int]) -> tuple[float, float]:
    """From coordinates in the photo that was labelled to those in the photo on disk."""
    if one.size is None or all(abs(a - d) <= SIZE_TOLERANCE for a, d in zip(actual, one.size, strict=True)):
        return (1.0, 1.0)
    x, y = actual[0] / one.size[0], actual[1] / one.size[1]
    if abs(x / y - 1) > SHAPE_TOLERANCE:
        shape = f"a photo of {actual[0]}x{actual[1]}"
        turned = actual == one.size[::-1]
        raise fault(
            one.where,
            f"{one.name!r} to be of the declared {one.size[0]:g}x{one.size[1]:g}",
            f"{shape}, upright; the boxes were drawn on a photo lying on its side" if turned else shape,
        )
    return (x, y)


def _faces(
    marks: Iterable[Mark], factors: tuple[float, float], size: tuple[int, int], report: Report
) -> Iterator[FaceLabel]:
    seen: dict[Box, str] = {}
    for mark in marks:
        box = scaled(mark.box, factors)
        wrong = _wrong(box, size) or (f"another box than {seen[box]}" if box in seen else "")
        if wrong:
            report(fault(mark.where, wrong, mark.written))
            continue
        seen[box] = mark.where
        yield _face(mark, box)


def _wrong(box: Box, size: tuple[int, int]) -> str:
    """What a box ought to be and is not; "" where it is sound."""
    if not all(map(isfinite, box)):
        return "finite numbers"
    x1, y1, x2, y2 = box
    if not (x2 > x1 and y2 > y1):
        return "a box of positive width and height"
    width, height = min(x2, size[0]) - max(x1, 0), min(y2, size[1]) - max(y1, 0)
    if max(width, 0) * max(height, 0) < LEAST_INSIDE * (x2 - x1) * (y2 - y1):
        return f"a box inside its photo of {size[0]}x{size[1]}"
    return ""


def _face(mark: Mark, box: Box) -> FaceLabel:
    square = square_of_box(box)
    small = square[2] - square[0] < SMALLEST_SIDE
    original = OriginalLabel(kind="box", values=mark.box)
    role: LabelRole = "ignore" if mark.ignored or small else "face"
    return FaceLabel(square=square, original=original, role=role, group=mark.group)
