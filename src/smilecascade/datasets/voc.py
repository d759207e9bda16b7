"""Pascal VOC: an XML file a photo, a box and a class a face.

Layout: ``annotations`` and ``images`` side by side, or ``Annotations`` and ``JPEGImages`` as
in the challenge's own development kit. Source: Everingham et al.: The Pascal Visual Object
Classes Challenge, IJCV 2010, and the kit's documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from smilecascade.datasets.framing import Framing
from smilecascade.datasets.labels import face_label
from smilecascade.datasets.lines import Place
from smilecascade.errors import DatasetError, ImageError
from smilecascade.geometry.boxes import Box, square_of_box
from smilecascade.images import size
from smilecascade.records import AnnotatedPhoto, FaceLabel, OriginalLabel

LAYOUTS = (("annotations", "images"), ("Annotations", "JPEGImages"))

#: No class is framed in a way of its own: squares stay as their boxes give them.
UNFRAMED: Mapping[str, Framing] = MappingProxyType({})

#: By how many pixels a photo may differ from the size that its labels declare, through rounding.
SIZE_TOLERANCE = 1

#: Factors of x and y.
Scale = tuple[float, float]


def read(root: Path, *, framings: Mapping[str, Framing] = UNFRAMED) -> Iterator[AnnotatedPhoto]:
    """The photos in the order of the sorted names of their XML files.

    The numbers of ``bndbox`` are taken as the edges of the box. (The challenge itself counts
    pixels from 1 and includes the last one; tools that write the format since do not, and
    the difference is at most a pixel.) ``difficult`` marks a face to ignore; the class is
    the label's ``group``. A photo is found by its file name, or else by its stem with
    another suffix, since sets are often re-encoded. DatasetError for XML that is broken or
    lacks a value, and for a missing photo.

    Sets are often shrunk after they were labelled, and not every label then goes along: 11 of
    406 photos of one set kept the coordinates of the original. The ``size`` that an XML file
    declares tells: where the photo differs from it by more than ``SIZE_TOLERANCE``, boxes are
    scaled to the photo, each axis by itself; the original label keeps the numbers as written.
    Labels stay as they are where no size is declared, or one of 0, which tools write that do
    not know it, and where the photo cannot be read, which whoever reads it will report.

    ``framings``: for the classes whose boxes are known to sit in another way than the
    canonical square, the change that mends it.
    """
    annotations, images = _folders(root)
    photos = {path.stem: path for path in sorted(images.iterdir())} if images.is_dir() else {}
    for path in sorted(annotations.glob("*.xml")):
        yield _photo(path, images, photos, framings)


def _folders(root: Path) -> tuple[Path, Path]:
    for labels, photos in LAYOUTS:
        if (root / labels).is_dir():
            return root / labels, root / photos
    raise DatasetError(
        f"{root}: expected the folders annotations and images of a Pascal VOC set, got neither"
    )


def _photo(
    path: Path, images: Path, photos: dict[str, Path], framings: Mapping[str, Framing]
) -> AnnotatedPhoto:
    tree = _Tree(path)
    name = tree.text(tree.root, "filename")
    named = images / name
    photo = named if named.is_file() else photos.get(named.stem)
    if photo is None:
        raise tree.place(tree.root).error("the name of a photo of the set", f"{named}, which does not exist")
    scale = _scale(_declared_size(tree), photo)
    faces = tuple(_face(tree, element, scale, framings) for element in tree.root.iter("object"))
    return AnnotatedPhoto(path=photo, name=photo.name, faces=faces)


def _declared_size(tree: _Tree) -> tuple[float, float] | None:
    """The width and height of the photo that the boxes were drawn in, or None where unknown."""
    element = tree.root.find("size")
    if element is None:
        return None
    width, height = tree.number(element, "width"), tree.number(element, "height")
    return (width, height) if width > 0 and height > 0 else None


def _scale(declared: tuple[float, float] | None, photo: Path) -> Scale:
    """From coordinates in a photo of the declared size to those in the photo on disk."""
    if declared is None:
        return (1, 1)
    try:
        actual = size(photo)
    except ImageError:
        return (1, 1)
    if all(abs(a - d) <= SIZE_TOLERANCE for a, d in zip(actual, declared, strict=True)):
        return (1, 1)
    return (actual[0] / declared[0], actual[1] / declared[1])


def _face(tree: _Tree, element: Element, scale: Scale, framings: Mapping[str, Framing]) -> FaceLabel:
    written = _box(tree, element)
    box = scaled(written, scale)
    group = tree.text(element, "name")
    framing = framings.get(group, Framing())
    return face_label(
        tree.place(element),
        framing.canonical(square_of_box(box)) if box[2] > box[0] and box[3] > box[1] else None,
        OriginalLabel(kind="box", values=written),
        role="ignore" if element.findtext("difficult", "0").strip() == "1" else "face",
        group=group,
    )


def _box(tree: _Tree, element: Element) -> Box:
    x1, y1, x2, y2 = (tree.number(element, f"bndbox/{name}") for name in ("xmin", "ymin", "xmax", "ymax"))
    return (x1, y1, x2, y2)


def scaled(box: Box, scale: Scale) -> Box:
    """A box in a photo that was resized by these factors."""
    x1, y1, x2, y2 = box
    return (x1 * scale[0], y1 * scale[1], x2 * scale[0], y2 * scale[1])


class _Tree:
    """An XML file as a tree of elements that know their line, which ElementTree forgets."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: dict[Element, int] = {}
        self._builder = TreeBuilder()
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._builder.end
        self._parser.CharacterDataHandler = self._builder.data
        self.root = self._parsed()

    def place(self, element: Element) -> Place:
        """Where an element begins."""
        return Place(self._path, self._lines[element])

    def text(self, element: Element, name: str) -> str:
        """The text of an element below this one; DatasetError where it is missing or empty."""
        text = (element.findtext(name) or "").strip()
        if not text:
            raise self.place(element).error(f"<{element.tag}> with a value for {name}", "none")
        return text

    def number(self, element: Element, name: str) -> float:
        """The number in an element below this one; DatasetError where there is none."""
        return self.place(element).value(self.text(element, name), f"a number for {name}")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._lines[self._builder.start(tag, attributes)] = self._parser.CurrentLineNumber

    def _parsed(self) -> Element:
        try:
            self._parser.Parse(self._path.read_bytes(), True)
        except OSError as error:
            raise DatasetError(f"{self._path}: cannot be read ({error.strerror})") from None
        except expat.ExpatError as error:
            raise Place(self._path, error.lineno).error("well-formed XML", str(error)) from None
        return self._builder.close()
