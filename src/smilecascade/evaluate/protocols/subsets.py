"""Lists of the faces that a subset of WIDER FACE is made of, as its easy, medium and hard are.

A face is named by its photo and by its place among the photo's boxes in the label file, from 1 on, as
in the set's own lists. Three forms are read: ``.mat`` files as published (SciPy, of the extra
'benchmark'), ``.json`` files {"EVENT/PHOTO.jpg": [1, 3], ...}, and any other file as text with a line
"EVENT/PHOTO.jpg 3" a face.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from smilecascade.datasets.lines import Lines
from smilecascade.datasets.marks import fault
from smilecascade.errors import DatasetError, SmilecascadeError
from smilecascade.evaluate.protocols.wider import Subset
from smilecascade.interchange.plain import bounded
from smilecascade.interchange.regions import MarkedPhoto

#: Where a face is named, by which photo and which place; the place is whatever was written.
_Named = tuple[str, str, Any]


def read(path: Path, photos: Sequence[MarkedPhoto]) -> Subset:
    """The subset of the faces of these photos that a list names.

    DatasetError for a list that cannot be read, and for a photo or a face that there is not.
    """
    readers = {".mat": _of_matlab, ".json": _of_json}
    subset = {photo.name: np.zeros(len(photo.regions), bool) for photo in photos}
    for where, name, place in readers.get(path.suffix.lower(), _of_text)(bounded(path)):
        if name not in subset:
            raise fault(where, "the name of a photo of the set", repr(name))
        faces = subset[name]
        if type(place) is not int or not 1 <= place <= len(faces):
            raise fault(where, f"the number of a face of {name}, 1 to {len(faces)}", repr(place))
        faces[place - 1] = True
    return [subset[photo.name] for photo in photos]


def _of_text(path: Path) -> Iterator[_Named]:
    for line in Lines(path):
        name, (place,) = line.named_numbers(1, "the name of a photo and the number of a face")
        yield f"{path}:{line.number}", name, int(place) if place.is_integer() else place


def _of_json(path: Path) -> Iterator[_Named]:
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: is no JSON ({error})") from None
    if not isinstance(content, dict) or not all(isinstance(places, list) for places in content.values()):
        raise fault(str(path), "an object with a list of numbers for each photo", type(content).__name__)
    for name, places in content.items():
        yield from ((str(path), name, place) for place in places)


def _of_matlab(path: Path) -> Iterator[_Named]:
    try:
        from scipy.io import loadmat
    except ImportError:
        raise SmilecascadeError(
            "SciPy is not installed, and .mat files need it: pip install 'smilecascade[benchmark]'"
        ) from None
    try:
        content = loadmat(path, variable_names=("event_list", "file_list", "gt_list"), squeeze_me=False)
        events = zip(content["event_list"], content["file_list"], content["gt_list"], strict=True)
        for (event,), (files,), (kept,) in events:
            for (file,), (places,) in zip(files, kept, strict=True):
                name = f"{event.item()}/{file.item()}.jpg"
                yield from ((str(path), name, int(place)) for place in np.ravel(places))
    except Exception as error:  # SciPy raises what its readers come across
        raise DatasetError(f"{path}: is no list of a subset of WIDER FACE ({error})") from None
