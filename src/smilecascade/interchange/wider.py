"""WIDER FACE's text: a list of labels, and a folder of results with a file a photo.

A label is "x y width height" and six attributes, of which only "invalid" has a counterpart in
other formats; the rest are written as 0. A result lies in EVENT/PHOTO.txt: the photo's name,
the number of faces, and "x y width height score" for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from smilecascade.datasets import own_wider
from smilecascade.datasets.backgrounds import SUFFIXES
from smilecascade.datasets.lines import Line, Lines
from smilecascade.datasets.marks import raised
from smilecascade.errors import DatasetError
from smilecascade.export import replacing
from smilecascade.interchange.plain import below, bounded, corner_and_size, line, score_text, without_suffix
from smilecascade.interchange.regions import MarkedPhoto, Region, believed

#: The line that the set's own lists have after a photo without faces.
_NO_FACE = " ".join("0" * 10)

_FOUND = "5 numbers (x, y, width, height, score)"


def read_labels(path: Path) -> Iterator[MarkedPhoto]:
    """The photos of a list with all boxes of each, those without width or height too.

    DatasetError for a broken line.
    """
    return map(MarkedPhoto.of, own_wider.listed(bounded(path), raised))


def write_labels(photos: Iterable[MarkedPhoto], path: Path) -> None:
    """Write a list of labels."""
    with replacing(path) as stream:
        for photo in photos:
            faces = [_label(face) for face in photo.regions] or [_NO_FACE]
            lines = [line(photo.name), str(len(photo.regions)), *faces]
            stream.writelines(f"{text}\n" for text in lines)


def read_results(folder: Path) -> Iterator[MarkedPhoto]:
    """The photos of all results below a folder, by sorted path.

    A photo is called as the first line of its file says, or else as the file, with ".jpg".
    DatasetError for a broken file, and where there is none.
    """
    files = sorted(folder.rglob("*.txt"))
    if not files:
        raise DatasetError(f"{folder}: expected files EVENT/PHOTO.txt of results, got none")
    for file in files:
        name = (file.parent / _photo_name(file)).relative_to(folder)
        yield MarkedPhoto(name=name.as_posix(), regions=read_result(file))


def read_result(file: Path) -> tuple[Region, ...]:
    """The detections in one file; DatasetError where it is broken."""
    lines = Lines(bounded(file))
    lines.take("the name of a photo")
    count = lines.take("the number of faces").count("the number of faces")
    faces = tuple(_found(lines.take(_FOUND)) for _ in range(count))
    rest = lines.peek()
    if rest is not None:
        raise rest.error("the end of the file", repr(rest.text))
    return faces


def write_results(photos: Iterable[MarkedPhoto], folder: Path) -> None:
    """Write a file for each photo with their confidences.

    DatasetError for a name that leads out of the folder, and for two photos of one file.
    """
    written: set[Path] = set()
    for photo in photos:
        file = result_file(folder, photo.name)
        if file in written:
            raise DatasetError(f"{photo.name!r}: another photo has the same results file {file.name}")
        written.add(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        name = line(PurePosixPath(photo.name).name)
        lines = [name, str(len(photo.regions)), *map(_result, photo.regions)]
        file.write_text("".join(f"{text}\n" for text in lines), "utf-8")


def result_file(folder: Path, name: str) -> Path:
    """Where the results of a photo lie; DatasetError for a name that leads out of the folder."""
    return below(folder, without_suffix(name) + ".txt")


def _photo_name(file: Path) -> str:
    first = Lines(bounded(file)).take("the name of a photo").text
    name = PurePosixPath(first.replace("\\", "/")).name
    if name == file.stem:
        return f"{name}.jpg"
    if PurePosixPath(name).stem != file.stem or PurePosixPath(name).suffix.lower() not in SUFFIXES:
        raise DatasetError(f"{file}:1: expected the name of the photo {file.stem}, got {first!r}")
    return name


def _label(face: Region) -> str:
    return f"{corner_and_size(face.box)} 0 0 0 {int(face.ignored)} 0 0"


def _found(text: Line) -> Region:
    x, y, width, height, score = text.numbers(5, _FOUND)
    box = believed((x, y, x + width, y + height), f"{text.path}:{text.number}")
    return Region(box=box, score=score)


def _result(face: Region) -> str:
    return f"{corner_and_size(face.box)} {score_text(face.confidence)}"
