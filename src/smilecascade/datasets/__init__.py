"""Readers of face data sets, each of its set's own published layout.

Every reader is a generator of ``AnnotatedPhoto``: whatever a set calls a face becomes the
canonical square, with the original label and the landmarks kept beside it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from smilecascade.datasets import backgrounds, cmu_mit, coco, fddb, lfw, masks, mtfl, voc, webfaces, wider
from smilecascade.errors import DatasetError
from smilecascade.records import AnnotatedPhoto

#: The readers by the name of their format.
READERS: Mapping[str, Callable[[Path], Iterator[AnnotatedPhoto]]] = {
    "backgrounds": backgrounds.read,
    "cmu-mit": cmu_mit.read,
    "coco": coco.read,
    "fddb": fddb.read,
    "lfw": lfw.read,
    "masks": masks.read,
    "mtfl": mtfl.read,
    "voc": voc.read,
    "webfaces": webfaces.read,
    "wider": wider.read,
}


def open_set(format: str, root: Path) -> Iterator[AnnotatedPhoto]:
    """The photos of the set in the folder ``root``, read by the reader of that format.

    DatasetError at once for an unknown format or a folder that is missing; while reading,
    for whatever the reader finds broken.
    """
    if format not in READERS:
        near = difflib.get_close_matches(format, READERS, n=1, cutoff=0)[0]
        known = ", ".join(READERS)
        raise DatasetError(f"unknown format {format!r}; the nearest known one is {near!r} of {known}")
    if not root.is_dir():
        raise DatasetError(f"{root}: expected the folder of a {format} set, got no such folder")
    return READERS[format](root)
