"""Stored work, and what made it: samples are not made again, nor taken for those of other inputs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from smilecascade.errors import SpecError
from smilecascade.records import AnnotatedPhoto


def is_stored(place: Path, inputs: Mapping[str, Any]) -> bool:
    """Whether ``place`` is there, made from these inputs, as ``note_inputs`` wrote them beside it.

    Raises SpecError where it was made from others, and names the first that differs.
    """
    if not place.exists():
        return False
    note = _note(place)
    made = json.loads(note.read_text("utf-8")) if note.exists() else {}
    for name, value in inputs.items():
        if made.get(name) != value:
            raise SpecError(
                f"{place}: was made with {name} {made.get(name)!r}, now it is {value!r}; "
                "give another --work folder or delete this file"
            )
    return True


def note_inputs(place: Path, inputs: Mapping[str, Any]) -> None:
    """Write beside ``place`` what it is made from; to be called before it gets its name."""
    _note(place).write_text(json.dumps(inputs, indent=2) + "\n", "utf-8")


def fingerprint(photos: Iterable[AnnotatedPhoto]) -> str:
    """A hash of the photos' names and of all that is labelled in them: other data, another hash."""
    digest = hashlib.sha256()
    for photo in photos:
        digest.update(repr((photo.name, photo.complete, photo.faces)).encode())
    return digest.hexdigest()[:16]


def _note(place: Path) -> Path:
    return place.with_name(place.name + ".json")
