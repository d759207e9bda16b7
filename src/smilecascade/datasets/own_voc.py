"""Somebody's own labels in Pascal VOC: an XML file a photo (see ``datasets.voc``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from smilecascade.datasets.marks import Listed, Mark, Report, fault
from smilecascade.datasets.voc import LAYOUTS
from smilecascade.errors import DatasetError
from smilecascade.geometry.boxes import Box

_EDGES = ("xmin", "ymin", "xmax", "ymax")


def listed(folder: Path, report: Report) -> list[Listed]:
    """The photos of all XML files of a folder, or of the folder of annotations in it, by sorted name.

    Broken files and objects are reported and left out. DatasetError where there is no XML file.
    """
    folders = [folder, *(folder / labels for labels, _ in LAYOUTS)]
    files = next((files for place in folders if (files := sorted(place.glob("*.xml")))), [])
    if not files:
        raise DatasetError(f"{folder}: expected XML files of Pascal VOC, got none; give their folder")
    photos = (_photo(path, report) for path in files)
    return [photo for photo in photos if photo is not None]


def _photo(path: Path, report: Report) -> Listed | None:
    try:
        root = ElementTree.fromstring(path.read_bytes())
        name = _text(root, "filename", path.name)
        size = _size(root, path.name)
    except OSError as error:
        report(DatasetError(f"{path.name}: cannot be read ({error.strerror})"))
    except ElementTree.ParseError as error:
        report(fault(path.name, "well-formed XML", str(error)))
    except DatasetError as error:
        report(error)
    else:
        marks = tuple(_marks(root, path.name, report))
        return Listed(where=path.name, name=name, size=size, marks=marks)
    return None


def _marks(root: Element, file: str, report: Report) -> Iterator[Mark]:
    for number, element in enumerate(root.iter("object"), start=1):
        where = f"{file}: object {number}"
        try:
            yield Mark(
                where=where,
                written=" ".join(_text(element, f"bndbox/{edge}", where) for edge in _EDGES),
                box=_box(element, where),
                group=_text(element, "name", where),
                ignored=element.findtext("difficult", "").strip() == "1",
            )
        except DatasetError as error:
            report(error)


def _box(element: Element, where: str) -> Box:
    x1, y1, x2, y2 = (_number(element, f"bndbox/{edge}", where) for edge in _EDGES)
    return (x1, y1, x2, y2)


def _size(root: Element, file: str) -> tuple[float, float] | None:
    """The declared width and height; None where there is none, or one of 0, which tools write that
    do not know it."""
    if root.find("size") is None:
        return None
    width, height = (_number(root, f"size/{side}", file) for side in ("width", "height"))
    return (width, height) if width > 0 and height > 0 else None


def _text(element: Element, name: str, where: str) -> str:
    text = (element.findtext(name) or "").strip()
    if not text:
        raise fault(where, f"a value for {name}", "none")
    return text


def _number(element: Element, name: str, where: str) -> float:
    text = _text(element, name, where)
    try:
        return float(text)
    except ValueError:
        raise fault(where, f"a number for {name}", repr(text)) from None
