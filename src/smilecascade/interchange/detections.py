"""What ``smilecascade detect --out`` writes: JSON lines, or one JSON array of the same objects.

Points, expressions and tracks have no place in the other formats and are passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from smilecascade.datasets.marks import fault
from smilecascade.errors import DatasetError
from smilecascade.export import replacing
from smilecascade.export.lines import dumped
from smilecascade.interchange.plain import DECIMALS, are_finite, bounded
from smilecascade.interchange.regions import MarkedPhoto, Region, believed

#: Letters of a wrong value that its error shows.
_SHOWN = 60


def read(path: Path, *, root: Path | None = None) -> Iterator[MarkedPhoto | None]:
    """The photos in the order of the file; None for each that could not be read when it was written.

    root: the folder that names are relative to; None: they stay as they are. DatasetError for a
    broken record, a frame of a video, and a photo that is not below ``root``.
    """
    for where, record in _records(path):
        if not isinstance(record, dict) or not isinstance(record.get("path"), str):
            raise fault(where, "an object with a path", repr(record)[:_SHOWN])
        yield None if "error" in record else _photo(where, record, root)


def write(photos: Iterable[MarkedPhoto], path: Path, *, root: Path | None = None) -> None:
    """Write JSON lines, faces with their confidences; sizes that nobody told are left out."""
    with replacing(path) as stream:
        for photo in photos:
            size = {} if photo.size is None else dict(zip(("width", "height"), photo.size, strict=True))
            name = photo.name if root is None else (root / photo.name).as_posix()
            record = {"path": name, **size, "faces": [_plain(face) for face in photo.regions]}
            stream.write(dumped(record) + "\n")


def _records(path: Path) -> Iterator[tuple[str, Any]]:
    """Every record with its place."""
    data = bounded(path).read_bytes()
    if path.suffix.lower() != ".json":
        lines = enumerate(data.split(b"\n"), 1)
        yield from ((f"{path}:{n}", _parsed(line, f"{path}:{n}")) for n, line in lines if line.strip())
        return
    content = _parsed(data, str(path))
    if not isinstance(content, list):
        raise fault(str(path), "a JSON array of photos", type(content).__name__)
    yield from ((f"{path}: photo {number}", record) for number, record in enumerate(content, 1))


def _parsed(data: bytes, where: str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{where}: is no JSON ({error}); give what detect --out writes") from None


def _photo(where: str, record: dict[str, Any], root: Path | None) -> MarkedPhoto:
    faces, size = record.get("faces"), (record.get("width"), record.get("height"))
    if "frame" in record:
        raise fault(where, "a photo", "a frame of a video, which has no place in other formats")
    if not isinstance(faces, list):
        raise fault(where, "a list of faces", repr(faces)[:_SHOWN])
    known = all(type(side) is int and side > 0 for side in size)
    return MarkedPhoto(
        name=record["path"] if root is None else _below(root, record["path"], where),
        regions=tuple(_region(where, face) for face in faces),
        size=(record["width"], record["height"]) if known else None,
    )


def _below(root: Path, name: str, where: str) -> str:
    try:
        return Path(name).absolute().relative_to(root.absolute()).as_posix()
    except ValueError:
        raise fault(where, f"a photo below {root}", repr(name)) from None


def _region(where: str, face: Any) -> Region:
    values = [*face["box"], face.get("score")] if _has_box(face) else None
    if not are_finite(values, 5):
        raise fault(where, "faces with a box of 4 finite numbers and a score", repr(face)[:_SHOWN])
    x1, y1, x2, y2, score = map(float, values or ())
    return Region(box=believed((x1, y1, x2, y2), where), score=score)


def _has_box(face: Any) -> bool:
    return isinstance(face, dict) and isinstance(face.get("box"), list)


def _plain(face: Region) -> dict[str, Any]:
    box = [round(value, DECIMALS) for value in face.box]
    return {"box": box, "score": face.confidence, "points": None}
