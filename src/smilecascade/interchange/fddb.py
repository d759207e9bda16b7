"""FDDB's text: for each photo its name without suffix, the number of faces, and a line a face.

A label is "major minor angle x y 1", an ellipse. A detection is "x y width height score", or an
ellipse with its score in the last place. Source: Jain, Learned-Miller: FDDB, UMass Amherst
UM-CS-2010-009, and the page of its results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from smilecascade.datasets.lines import Line, Lines
from smilecascade.export import replacing
from smilecascade.interchange.plain import bounded, corner_and_size, line, number, score_text, without_suffix
from smilecascade.interchange.regions import Ellipse, MarkedPhoto, Region, believed

#: All photos of the set have this suffix, which its lists leave out.
SUFFIX = ".jpg"

#: The least radius above 0 that six digits after the point can write.
LEAST_RADIUS = 1e-6

_LABEL = "6 numbers (major radius, minor radius, angle, centre x, centre y, 1)"
_FOUND = "5 numbers (x, y, width, height, score), or an ellipse with its score as the sixth"


def read_labels(path: Path) -> Iterator[MarkedPhoto]:
    """The photos of a list of ellipses; DatasetError for a broken line."""
    return _photos(path, found=False)


def read_results(path: Path) -> Iterator[MarkedPhoto]:
    """The photos of a list of detections, rectangles or ellipses; DatasetError for a broken line."""
    return _photos(path, found=True)


def write_labels(photos: Iterable[MarkedPhoto], path: Path) -> None:
    """Write a list of ellipses; boxes are written as the ellipses within them."""
    _write(photos, path, lambda face: f"{_numbers(face.ellipse or Ellipse.within(face.box))} 1")


def write_results(photos: Iterable[MarkedPhoto], path: Path) -> None:
    """Write a list of detections with their confidences."""
    _write(photos, path, _result)


def _photos(path: Path, *, found: bool) -> Iterator[MarkedPhoto]:
    lines = Lines(bounded(path))
    expected = _FOUND if found else _LABEL
    for name in lines:
        count = lines.take("the number of faces").count("the number of faces")
        faces = tuple(_region(lines.take(expected), found=found) for _ in range(count))
        yield MarkedPhoto(name=name.text + SUFFIX, regions=faces)


def _region(text: Line, *, found: bool) -> Region:
    where = f"{text.path}:{text.number}"
    if found and len(text.text.split()) == 5:
        x, y, width, height, score = text.numbers(5, _FOUND)
        return Region(box=believed((x, y, x + width, y + height), where), score=score)
    *numbers, score = text.numbers(6, _FOUND if found else _LABEL)
    ellipse = Ellipse(*numbers)
    if min(ellipse.major, ellipse.minor) < LEAST_RADIUS:
        raise text.error("radii above 0", text.text)
    return Region(box=believed(ellipse.box, where), ellipse=ellipse, score=score if found else None)


def _write(photos: Iterable[MarkedPhoto], path: Path, told: Callable[[Region], str]) -> None:
    with replacing(path) as stream:
        for photo in photos:
            lines = [line(without_suffix(photo.name)), str(len(photo.regions)), *map(told, photo.regions)]
            stream.writelines(f"{text}\n" for text in lines)


def _result(face: Region) -> str:
    place = _numbers(face.ellipse) if face.ellipse else corner_and_size(face.box)
    return f"{place} {score_text(face.confidence)}"


def _numbers(ellipse: Ellipse) -> str:
    return " ".join(map(number, ellipse))
