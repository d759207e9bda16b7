"""Stored work, and what made it: samples are not made again, nor taken for those of other inputs.

Stored work is a folder. Its index says what it was made from, and is written last: a folder
without one holds nothing, whatever else is in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from smilecascade.errors import SpecError
from smilecascade.records import AnnotatedPhoto

#: The name of the file that makes a folder stored work.
INDEX = "index.json"


def is_stored(folder: Path, inputs: Mapping[str, Any]) -> bool:
    """Whether a folder holds work, made from these inputs.

    Raises SpecError where it was made from others, and names the first that differs.
    """
    if not (folder / INDEX).exists():
        return False
    made = noted(folder)["inputs"]
    for name, value in inputs.items():
        if made.get(name) != value:
            raise SpecError(
                f"{folder}: was made with {name} {made.get(name)!r}, now it is {value!r}; "
                "give another --work folder or delete this folder"
            )
    return True


def note_inputs(folder: Path, inputs: Mapping[str, Any], **facts: object) -> None:
    """Write a folder's index: what its work was made from, and facts about it; when all else is there."""
    partial = folder / f"{INDEX}.partial"
    partial.write_text(json.dumps({**facts, "inputs": dict(inputs)}, indent=2) + "\n", "utf-8")
    partial.replace(folder / INDEX)


def noted(folder: Path) -> Mapping[str, Any]:
    """The index of a folder: its "inputs" and the facts. Raises SpecError where it is missing or damaged."""
    try:
        index = json.loads((folder / INDEX).read_text("utf-8"))
        wanted = isinstance(index["inputs"], dict)
    except OSError as error:
        raise damaged(folder / INDEX, f"cannot be read ({error.strerror})") from None
    except (ValueError, KeyError, TypeError):
        wanted = False
    if not wanted:
        raise damaged(folder / INDEX, "is damaged")
    return dict(index)


def damaged(path: Path, what: str) -> SpecError:
    """The error of a file of stored work with which something is wrong."""
    return SpecError(f"{path}: {what}; delete the folder {path.parent}, and it is made anew")


def fingerprint(photos: Iterable[AnnotatedPhoto]) -> str:
    """A hash of the photos' names and of all that is labelled in them: other data, another hash."""
    digest = hashlib.sha256()
    for photo in photos:
        digest.update(repr((photo.name, photo.complete, photo.faces)).encode())
    return digest.hexdigest()[:16]
