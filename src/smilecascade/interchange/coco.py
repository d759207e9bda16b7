"""COCO: labels as "instances" (photos, boxes, categories), and detections as "results".

Results are a list of detections that name a photo and a category by their ids alone, so they go with the file
of instances that gives these ids. Source: the page "Data format" and "Results format" of its site.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smilecascade.datasets import coco
from smilecascade.datasets.groups import FACE_WORDS
from smilecascade.datasets.marks import fault, raised
from smilecascade.errors import DatasetError
from smilecascade.export import replacing
from smilecascade.geometry.boxes import Box
from smilecascade.interchange.plain import DECIMALS, are_finite, bounded
from smilecascade.interchange.regions import MarkedPhoto, Region, believed

#: What faces without a class are called.
CATEGORY = "face"


@dataclass(frozen=True, kw_only=True)
class Ids:
    """What a file of instances calls its photos and its category of faces, by number or text.

    photos: the photos of the file without their faces, by id.
    """

    path: Path
    photos: dict[Any, MarkedPhoto]
    category: Any

    @classmethod
    def of(cls, path: Path) -> Ids:
        """The ids of a file; DatasetError where it is broken, or no one category is that of faces."""
        listed = coco.listed(bounded(path), raised)
        content = json.loads(path.read_text("utf-8-sig"))
        photos = zip(content["images"], map(MarkedPhoto.of, listed), strict=True)
        bare = {entry["id"]: MarkedPhoto(name=photo.name, size=photo.size) for entry, photo in photos}
        return cls(path=path, photos=bare, category=_face_category(path, content["categories"]))

    def by_name(self) -> dict[str, Any]:
        """The id of each photo by its name; DatasetError where two have the same."""
        ids: dict[str, Any] = {}
        for key, photo in self.photos.items():
            if photo.name in ids:
                raise DatasetError(f"{self.path}: two images are called {photo.name!r}")
            ids[photo.name] = key
        return ids


def read_labels(path: Path) -> Iterator[MarkedPhoto]:
    """The photos of a file of instances, with what is annotated in them, whatever its category.

    DatasetError for the first fault.
    """
    return map(MarkedPhoto.of, coco.listed(bounded(path), raised))


def write_labels(photos: Sequence[MarkedPhoto], path: Path) -> None:
    """Write a file of instances; ids count from 1. An ignored face is a crowd, as COCO has no other word."""
    groups = sorted({face.group or CATEGORY for photo in photos for face in photo.regions}) or [CATEGORY]
    categories = {group: number for number, group in enumerate(groups, 1)}
    faces = [(number, face) for number, photo in enumerate(photos, 1) for face in photo.regions]
    content = {
        "images": [_image(number, photo) for number, photo in enumerate(photos, 1)],
        "annotations": [
            {"id": key, "image_id": photo, "category_id": categories[face.group or CATEGORY], **_place(face)}
            for key, (photo, face) in enumerate(faces, 1)
        ],
        "categories": [{"id": key, "name": name} for name, key in categories.items()],
    }
    _dump(content, path)


def read_results(path: Path, ids: Ids) -> Iterator[MarkedPhoto]:
    """The photos of the instances, each with its detections in the order of the file.

    DatasetError for a broken entry, or one of a photo that the instances do not have.
    """
    found: dict[Any, list[Region]] = {key: [] for key in ids.photos}
    for number, entry in enumerate(_entries(path), 1):
        where = f"{path}: result {number}"
        if not isinstance(entry, dict):
            raise fault(where, "an object", repr(entry)[:60])
        key = entry.get("image_id")
        if type(key) not in (int, str) or key not in found:
            raise fault(where, f"the id of an image of {ids.path.name}", repr(key)[:60])
        found[key].append(_result(entry, where))
    for key, photo in ids.photos.items():
        yield MarkedPhoto(name=photo.name, size=photo.size, regions=tuple(found[key]))


def write_results(photos: Iterable[MarkedPhoto], path: Path, ids: Ids) -> None:
    """Write the detections with their confidences under the ids of the instances.

    DatasetError for a photo that they do not have.
    """
    keys = ids.by_name()
    results = []
    for photo in photos:
        if photo.name not in keys:
            raise DatasetError(
                f"{photo.name!r}: {ids.path} has no such image; say with --root where names begin"
            )
        for face in photo.regions:
            named = {"image_id": keys[photo.name], "category_id": ids.category}
            results.append(named | {"bbox": _bbox(face.box), "score": face.confidence})
    _dump(results, path)


def _face_category(path: Path, categories: Sequence[dict[str, Any]]) -> Any:
    """The id of the only category, or of the only one that is called after faces."""
    named = [one for one in categories if any(word in one["name"].casefold() for word in FACE_WORDS)]
    chosen = categories if len(categories) == 1 else named
    if len(chosen) != 1:
        names = ", ".join(repr(one["name"]) for one in categories) or "none"
        raise DatasetError(f"{path}: expected one category of faces, got {names}")
    return chosen[0]["id"]


def _image(number: int, photo: MarkedPhoto) -> dict[str, Any]:
    size = {} if photo.size is None else dict(zip(("width", "height"), photo.size, strict=True))
    return {"id": number, "file_name": photo.name, **size}


def _place(face: Region) -> dict[str, Any]:
    bbox = _bbox(face.box)
    return {"bbox": bbox, "area": round(bbox[2] * bbox[3], DECIMALS), "iscrowd": int(face.ignored)}


def _bbox(box: Box) -> list[float]:
    x1, y1, x2, y2 = box
    return [round(value, DECIMALS) for value in (x1, y1, x2 - x1, y2 - y1)]


def _dump(content: object, path: Path) -> None:
    with replacing(path) as stream:
        json.dump(content, stream, ensure_ascii=False, allow_nan=False)
        stream.write("\n")


def _entries(path: Path) -> list[Any]:
    try:
        content = json.loads(bounded(path).read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: is no JSON ({error}); give a file of COCO results") from None
    if not isinstance(content, list):
        raise fault(str(path), "a list of COCO results", type(content).__name__)
    return content


def _result(entry: dict[str, Any], where: str) -> Region:
    bbox, score = entry.get("bbox"), entry.get("score")
    if not are_finite(bbox, 4) or not are_finite([score], 1):
        raise fault(where, "a bbox of 4 finite numbers (x, y, width, height) and a score", repr(entry)[:60])
    x, y, width, height = map(float, entry["bbox"])
    return Region(box=believed((x, y, x + width, y + height), where), score=float(entry["score"]))
