"""Pascal VOC: a folder with an XML file a photo. Boxes, classes and ``difficult``; scores are lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from smilecascade.datasets import own_voc
from smilecascade.datasets.marks import raised
from smilecascade.datasets.voc import LAYOUTS
from smilecascade.interchange.plain import bounded, line, number, without_suffix
from smilecascade.interchange.regions import MarkedPhoto, Region

#: What a face is called that was given no class.
CLASS = "face"


def read(folder: Path) -> Iterator[MarkedPhoto]:
    """The photos of all XML files, by sorted name; DatasetError for a broken one, or where there is none."""
    for place in (folder, *(folder / labels for labels, _ in LAYOUTS)):
        for file in place.glob("*.xml"):
            bounded(file)
    return map(MarkedPhoto.of, own_voc.listed(folder, raised))


def write(photos: Iterable[MarkedPhoto], folder: Path) -> None:
    """Write a file for each photo, called as the photo is, "-" between folders; later ones of a name
    get a number."""
    taken: set[str] = set()
    for photo in photos:
        file = folder / _free(without_suffix(line(photo.name)), taken)
        tree = ElementTree(_annotation(photo))
        indent(tree)
        tree.write(file, encoding="utf-8", xml_declaration=True)


def _free(name: str, taken: set[str]) -> str:
    """A file name that is not taken, and now is; names that differ in case alone are one on some systems."""
    flat = name.replace("\\", "/").replace("/", "-")
    free, count = flat, 1
    while free.casefold() in taken:
        count += 1
        free = f"{flat}-{count}"
    taken.add(free.casefold())
    return f"{free}.xml"


def _annotation(photo: MarkedPhoto) -> Element:
    root = Element("annotation")
    SubElement(root, "filename").text = photo.name
    if photo.size is not None:
        _add(SubElement(root, "size"), width=str(photo.size[0]), height=str(photo.size[1]), depth="3")
    for face in photo.regions:
        _add_face(root, face)
    return root


def _add_face(root: Element, face: Region) -> None:
    element = SubElement(root, "object")
    _add(element, name=line(face.group or CLASS), difficult=str(int(face.ignored)))
    edges = zip(("xmin", "ymin", "xmax", "ymax"), map(number, face.box), strict=True)
    _add(SubElement(element, "bndbox"), **dict(edges))


def _add(element: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(element, name).text = text
