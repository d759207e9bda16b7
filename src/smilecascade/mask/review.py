"""A person's corrections, as they stand in a file: what was missed, and what is no face."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from smilecascade.errors import MaskError
from smilecascade.geometry.boxes import Box


@dataclass(frozen=True, kw_only=True)
class Place:
    """A box, (x1, y1, x2, y2) in pixels, upright before ``roll``, degrees, turns it about its middle.

    span_s: of a video, from when to when, in seconds; None: no times were given.
    """

    box: Box
    roll: float = 0.0
    span_s: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """What is to be changed in one copy.

    add:    places to cover. leave: places that an audit found, and that may be seen.
    remove: boxes of covers that are to be taken away; remove_tracks: numbers of tracks of a video.
    """

    add: tuple[Place, ...] = ()
    leave: tuple[Place, ...] = ()
    remove: tuple[Box, ...] = ()
    remove_tracks: tuple[int, ...] = ()


def read_review(path: Path) -> dict[str, Corrections]:
    """Corrections by the photo or video, as it was named to the command.

    Raises MaskError, with the place in the file, for what cannot be meant.
    """
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise MaskError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except ValueError as error:
        raise MaskError(f"{path}: is not JSON ({error}); take what the page of --audit writes") from error
    return {
        name: _corrections(changes, f"{path}: {name}")
        for name, changes in _table(document, str(path)).items()
    }


def require_known(review: Mapping[str, Corrections], names: Sequence[str]) -> None:
    """Raise MaskError where a review speaks of a photo or video that is not among these."""
    for name in review:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1, cutoff=0)
            hint = f"; the nearest one is {near[0]}" if near else ""
            raise MaskError(f"the review speaks of {name}, which is not among what is to be masked{hint}")


def _corrections(changes: Any, where: str) -> Corrections:
    table = _table(changes, where, ("add", "leave", "remove"))
    boxes: list[Box] = []
    numbers: list[int] = []
    for index, item in enumerate(_list(table, "remove", where)):
        place = f"{where}: remove[{index}]"
        removal = _table(item, place, ("box", "track"))
        if "track" in removal:
            numbers.append(int(_number(removal, "track", place)))
        else:
            boxes.append(_box(removal, place))
    return Corrections(
        add=_places(table, "add", where),
        leave=_places(table, "leave", where),
        remove=tuple(boxes),
        remove_tracks=tuple(numbers),
    )


def _places(table: Mapping[str, Any], key: str, where: str) -> tuple[Place, ...]:
    items = enumerate(_list(table, key, where))
    return tuple(_place(item, f"{where}: {key}[{index}]") for index, item in items)


def _place(item: Any, where: str) -> Place:
    table = _table(item, where, ("box", "roll", "from_s", "to_s"))
    box, roll = _box(table, where), _number(table, "roll", where) if "roll" in table else 0.0
    if not {"from_s", "to_s"} & set(table):
        return Place(box=box, roll=roll)
    from_s, to_s = _number(table, "from_s", where), _number(table, "to_s", where)
    if not 0 <= from_s <= to_s:
        raise MaskError(f"{where}: expected 0 <= from_s <= to_s, got {from_s:g} and {to_s:g}")
    return Place(box=box, roll=roll, span_s=(from_s, to_s))


def _table(value: Any, where: str, keys: Sequence[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MaskError(f"{where}: expected a table of keys, got {value!r}")
    for key in value if keys else ():
        if key not in keys:  # type: ignore[operator]
            raise MaskError(f"{where}: unknown key {key!r}; expected {', '.join(keys)}")  # type: ignore[arg-type]
    return value


def _list(table: Mapping[str, Any], key: str, where: str) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list):
        raise MaskError(f"{where}: {key}: expected a list, got {value!r}")
    return value


def _box(table: Mapping[str, Any], where: str) -> Box:
    value = table.get("box")
    numbers = [float(v) for v in value if _is_number(v)] if isinstance(value, list) else []
    if (
        len(numbers) != 4
        or len(value or ()) != 4
        or not (numbers[0] < numbers[2] and numbers[1] < numbers[3])
    ):
        raise MaskError(f"{where}: box: expected [x1, y1, x2, y2] with x1 < x2 and y1 < y2, got {value!r}")
    return (numbers[0], numbers[1], numbers[2], numbers[3])


def _number(table: Mapping[str, Any], key: str, where: str) -> float:
    value = table.get(key)
    if not _is_number(value):
        raise MaskError(f"{where}: {key}: expected a number, got {value!r}")
    return float(value)  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
