"""The row of a run: written when it begins, and again when it is resumed."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import string
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smilecascade.errors import RunsError
from smilecascade.runs import alive, origin
from smilecascade.runs.find import meant
from smilecascade.runs.rewind import rewind
from smilecascade.runs.schema import FILE, open_to_write, reported, storable

_RANDOM = string.digits + string.ascii_lowercase

_BEGIN = """
INSERT INTO runs (id, name, state, config, seed, data, revision, versions, host, processes, pid,
                  started, heartbeat, notes, generation)
VALUES (:id, :name, 'running', coalesce(:config, '{}'), :seed, :data, :revision, :versions, :host,
        :processes, :pid, :now, :now, :notes, 0)
"""

_RESUME = """
UPDATE runs SET
  name = :name, config = coalesce(:config, config), seed = coalesce(:seed, seed),
  data = coalesce(:data, data), notes = coalesce(nullif(:notes, ''), notes),
  revision = :revision, versions = :versions, host = :host, processes = :processes, pid = :pid,
  state = 'running', heartbeat = :now, ended = NULL, error = NULL, generation = generation + 1
WHERE id = :id
"""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A run that may be written to, by the one who knows its generation."""

    id: str
    generation: int


def begin(root: Path, **given: Any) -> Begun:
    """Make a new run of what is given: name, config, seed, data, notes. Raises RunsError."""
    row = _row(**given)
    id = _new_id(row["now"])
    with closing(open_to_write(root)) as connection, reported(root / FILE):
        connection.execute(_BEGIN, {**row, "id": id})
    return Begun(id=id, generation=0)


def resumed(root: Path, wanted: str, step: int | None, **given: Any) -> Begun:
    """Go on with a run, at ``step``; what is given and not empty takes the place of what it had.

    Raises RunsError, as where the run is unknown, or still running.
    """
    row = _row(**given)
    with closing(open_to_write(root)) as connection, reported(root / FILE):
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            found = meant(storable(wanted), connection.execute("SELECT * FROM runs").fetchall(), root)
            require_over(found, "wait for its end, or end it, before it is resumed")
            late = [] if step is None else rewind(connection, found["id"], step)
            connection.execute(_RESUME, {**row, "id": found["id"]})
        for path in late:
            (root / path).unlink(missing_ok=True)
    return Begun(id=found["id"], generation=found["generation"] + 1)


def require_over(row: sqlite3.Row, advice: str) -> None:
    """Raise RunsError where this run is running."""
    if alive.state_of(row) == "running":
        where = f"process {row['pid']} on {row['host']}"
        raise RunsError(f"{row['id']}: is running ({where}); {advice}")


def _row(
    name: str, config: Mapping[str, Any] | None, seed: int | None, data: str | None, notes: str
) -> dict[str, Any]:
    return {
        "name": storable(name),
        "config": None if config is None else json.dumps(config, default=_plain),
        "seed": seed,
        "data": data and storable(data),
        "notes": storable(notes),
        "revision": origin.commit(),
        "versions": json.dumps(origin.versions()),
        "host": alive.host(),
        "processes": alive.processes(),
        "pid": os.getpid(),
        "now": time.time(),
    }


def _plain(value: Any) -> Any:
    """What JSON does not know: a number of NumPy as a number, all else, as paths, as its text."""
    return value.item() if hasattr(value, "item") else str(value)


def _new_id(now: float) -> str:
    """The time, which sorts, in UTC, which never goes back; and chance, for runs of one second."""
    moment = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    return f"{moment}-{''.join(secrets.choice(_RANDOM) for _ in range(4))}"
