"""Which of the classes in somebody's labels are faces."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from smilecascade.datasets.marks import Listed
from smilecascade.errors import DatasetError

#: A class is one of faces if its name has one of these in it, in letters of any case.
FACE_WORDS = ("face", "mask")


def of_faces(
    photos: Sequence[Listed], where: str, *, wanted: Iterable[str] = (), any_class: bool = False
) -> list[Listed]:
    """The photos with the marks of faces alone.

    ``wanted``: the classes that are faces; without them those that are called so. ``any_class``: in
    a format of faces only, where none is called so, all are. DatasetError, with the classes that
    there are, where no class is one of faces, and for a wanted one that does not occur.
    """
    counts = Counter(mark.group for photo in photos for mark in photo.marks)
    chosen = set(wanted) or {name for name in counts if _is_called_face(name)}
    for name in sorted(chosen - set(counts)):
        near = difflib.get_close_matches(name, counts, n=1, cutoff=0)
        nearest = f"; the nearest is {near[0]!r}" if near else ""
        raise DatasetError(f"{where}: nothing is labelled {name!r}{nearest} of {_told(counts)}")
    if not chosen and not any_class:
        raise DatasetError(
            f"{where}: expected a category whose name has {' or '.join(map(repr, FACE_WORDS))} in it, "
            f"got {_told(counts)}; say which are faces with --category"
        )
    return [_only(photo, chosen or set(counts)) for photo in photos]


def _is_called_face(name: str) -> bool:
    return any(word in name.casefold() for word in FACE_WORDS)


def _only(photo: Listed, groups: set[str]) -> Listed:
    return replace(photo, marks=tuple(mark for mark in photo.marks if mark.group in groups))


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name!r} ({count})" for name, count in sorted(counts.items())) or "no labels"
