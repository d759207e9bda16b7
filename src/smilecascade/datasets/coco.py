"""COCO: one JSON file that lists photos, boxes and the names of their categories.

``images`` (id, file_name, width, height), ``annotations`` (id, image_id, category_id, bbox as x, y,
width, height, iscrowd) and ``categories`` (id, name); whatever else there is, is passed over.
Source: Lin et al., "Microsoft COCO: Common Objects in Context" (ECCV 2014), and the page "Data
format" of its site. A folder that is read as a set holds one ``*.json``, and the photos in ``images``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeGuard

from smilecascade.datasets.folder import PhotoFolder
from smilecascade.datasets.groups import of_faces
from smilecascade.datasets.marks import Listed, Mark, Report, fault, photos_of, raised
from smilecascade.errors import DatasetError
from smilecascade.geometry.boxes import Box
from smilecascade.records import AnnotatedPhoto

#: A larger file is no list of somebody's photos, and would not fit into memory: 300,000 boxes take 60 MB.
MAX_BYTES = 1 << 28

#: Longest side of a photo that is believed, pixels.
_LONGEST = 1 << 20

#: Letters of a wrong value that its error shows.
_SHOWN = 60


def read(root: Path) -> Iterator[AnnotatedPhoto]:
    """The photos in the order of ``images``, those without annotations too.

    Faces are the annotations of the categories whose name has "face" or "mask" in it; ``iscrowd``
    and ``ignore`` mark places to ignore. DatasetError for the first fault.
    """
    files = sorted(root.glob("*.json"))
    if len(files) != 1:
        raise DatasetError(f"{root}: expected one *.json of a COCO set, got {len(files)}")
    chosen = of_faces(listed(files[0], raised), files[0].name)
    yield from photos_of(chosen, PhotoFolder(root / "images"), raised)


def listed(path: Path, report: Report) -> list[Listed]:
    """The photos of a file with all that is annotated in them, whatever its category.

    Faults of single entries are reported, and the entries left out. DatasetError for a file that is
    no COCO file at all.
    """
    content = _content(path)
    names = _categories(content, path.name, report)
    images = _images(content, path.name, report)
    marks: dict[Any, list[Mark]] = {key: [] for key in images}
    for key, mark in _annotations(content, path.name, images, names, report):
        marks[key].append(mark)
    return [
        Listed(where=where, name=entry["file_name"], size=_size(entry), marks=tuple(marks[key]))
        for key, (where, entry) in images.items()
        if entry is not None
    ]


#: Where an image is listed, and its entry; None where the entry is broken, but its id is known.
_Images = dict[Any, tuple[str, Mapping[str, Any] | None]]


def _content(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DatasetError(f"{path}: is larger than {MAX_BYTES >> 20} MB; split it")
        content = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror}); give a COCO file") from None
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: is no JSON ({error}); give a COCO file") from None
    for key in ("images", "annotations", "categories"):
        if not isinstance(content, dict) or not isinstance(content.get(key), list):
            raise fault(str(path), f"a COCO file with a list {key!r}", "none")
    return dict(content)


def _categories(content: Mapping[str, Any], file: str, report: Report) -> dict[Any, str]:
    names: dict[Any, str] = {}
    for number, entry in enumerate(content["categories"], start=1):
        where = f"{file}: category number {number}"
        key, name = _id(entry), entry.get("name") if isinstance(entry, dict) else None
        if key is None or not isinstance(name, str) or not name.strip():
            report(fault(where, "an id and a name", _shown(entry)))
        elif key in names:
            report(fault(where, "an id of its own", f"{key!r}, which {names[key]!r} has"))
        else:
            names[key] = name.strip()
    return names


def _images(content: Mapping[str, Any], file: str, report: Report) -> _Images:
    images: _Images = {}
    for number, entry in enumerate(content["images"], start=1):
        key = _id(entry)
        where = f"{file}: image {number if key is None else repr(key)}"
        if key is None:
            report(fault(f"{file}: image number {number}", "an object with an id", _shown(entry)))
        elif key in images:
            report(fault(where, "an id of its own", f"{key!r} a second time"))
        elif not isinstance(entry.get("file_name"), str) or not entry["file_name"].strip():
            report(fault(where, "a file_name", _shown(entry.get("file_name"))))
            images[key] = (where, None)
        else:
            images[key] = (where, entry)
    return images


def _annotations(
    content: Mapping[str, Any], file: str, images: _Images, names: Mapping[Any, str], report: Report
) -> Iterator[tuple[Any, Mark]]:
    """The marks with the ids of their images."""
    seen: set[Any] = set()
    for number, entry in enumerate(content["annotations"], start=1):
        key = _id(entry)
        where = f"{file}: annotation {'number ' + str(number) if key is None else repr(key)}"
        try:
            if key is None:
                raise fault(where, "an object with an id", _shown(entry))
            if key in seen:
                raise fault(where, "an id of its own", f"{key!r} a second time")
            seen.add(key)
            yield _image_of(entry, where, images), _mark(entry, where, names)
        except DatasetError as error:
            report(error)


def _image_of(entry: Mapping[str, Any], where: str, images: _Images) -> Any:
    key = entry.get("image_id")
    if not _is_id(key) or key not in images:
        raise fault(where, "the id of an image", _shown(key))
    return key


def _mark(entry: Mapping[str, Any], where: str, names: Mapping[Any, str]) -> Mark:
    category, numbers = entry.get("category_id"), entry.get("bbox")
    if not _is_id(category) or category not in names:
        raise fault(where, "the id of a category", _shown(category))
    return Mark(
        where=where,
        written=f"bbox {_shown(numbers)}",
        box=_box(numbers, where),
        group=names[category],
        ignored=bool(entry.get("iscrowd") or entry.get("ignore")),
    )


def _box(numbers: Any, where: str) -> Box:
    if not isinstance(numbers, list) or len(numbers) != 4 or not all(map(_is_number, numbers)):
        raise fault(where, "a bbox of 4 numbers (x, y, width, height)", _shown(numbers))
    try:
        x, y, width, height = map(float, numbers)
    except OverflowError:
        raise fault(where, "a bbox of finite numbers", _shown(numbers)) from None
    return (x, y, x + width, y + height)


def _size(entry: Mapping[str, Any]) -> tuple[float, float] | None:
    """The width and height of the photo that was labelled; None where they are not told."""
    width, height = (entry.get(side) for side in ("width", "height"))
    return (float(width), float(height)) if _is_length(width) and _is_length(height) else None


def _id(entry: Any) -> Any:
    """The id of an entry, a whole number or a text; None where it has none."""
    key = entry.get("id") if isinstance(entry, dict) else None
    return key if _is_id(key) else None


def _is_id(key: Any) -> bool:
    return isinstance(key, (int, str)) and not isinstance(key, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_length(value: Any) -> TypeGuard[float]:
    return _is_number(value) and 0 < value <= _LONGEST


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if value is not None else "none"
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
