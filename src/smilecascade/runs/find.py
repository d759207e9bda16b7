"""Which run is meant: by its id, its name, or the beginning of its id."""

from __future__ import annotations

import difflib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from smilecascade.errors import RunsError

#: Ids that an error about several runs names.
SHOWN = 5


def meant(wanted: str, rows: Sequence[sqlite3.Row], where: Path) -> sqlite3.Row:
    """The one of these rows, with an id and a name each, that ``wanted`` names.

    An id comes before a name, and a name before the beginning of an id. Raises RunsError, which
    names the folder ``where``: if there is none, with the nearest, or if there are several.
    """
    for found in (
        [row for row in rows if row["id"] == wanted],
        [row for row in rows if row["name"] == wanted],
        [row for row in rows if wanted and row["id"].startswith(wanted)],
    ):
        if len(found) > 1:
            raise RunsError(f"{where}: {wanted!r} may be {_several(found)}; give the id of one")
        if found:
            return found[0]
    raise RunsError(f"{where}: holds no run {wanted!r}; {_nearest(wanted, rows)}")


def _several(found: Sequence[sqlite3.Row]) -> str:
    shown = ", ".join(row["id"] for row in found[:SHOWN])
    return f"any of {len(found)} runs ({shown}{', …' if len(found) > SHOWN else ''})"


def _nearest(wanted: str, rows: Sequence[sqlite3.Row]) -> str:
    if not rows:
        return "it holds none at all, give another folder"
    names = [*(row["id"] for row in rows), *(row["name"] for row in rows)]
    return f"the nearest is {difflib.get_close_matches(wanted, names, n=1, cutoff=0)[0]!r}"
