"""The file of a store: its tables, how it is made and opened, and what to say where it cannot be."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Literal
from uuid import uuid4

from smilecascade.errors import RunsError

#: The name of the file in its folder of runs.
FILE = "runs.sqlite"

#: Says in the file's header that it is a store of runs ("smru" in ASCII).
APPLICATION = 0x736D7275

#: Another number is another layout of the tables.
FORMAT = 1

#: How long another program's transaction is waited for, in seconds.
PATIENCE_S = 5.0

# Numbers of a chunk come before its points: SQLite then skips the pages of those.
_TABLES = f"""
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE runs (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL, config TEXT NOT NULL, seed INTEGER,
  data TEXT, revision TEXT, versions TEXT NOT NULL, host TEXT NOT NULL, processes TEXT NOT NULL,
  pid INTEGER NOT NULL, started REAL NOT NULL, ended REAL, heartbeat REAL NOT NULL,
  notes TEXT NOT NULL, error TEXT, generation INTEGER NOT NULL
);
CREATE TABLE metrics (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, name TEXT NOT NULL, count INTEGER NOT NULL,
  last_step INTEGER NOT NULL, last REAL, least REAL, greatest REAL, PRIMARY KEY (run, name)
);
CREATE TABLE chunks (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, metric TEXT NOT NULL, number INTEGER NOT NULL,
  low INTEGER NOT NULL, high INTEGER NOT NULL, least REAL, greatest REAL,
  steps BLOB NOT NULL, times BLOB NOT NULL, vals BLOB NOT NULL, PRIMARY KEY (run, metric, number)
);
CREATE TABLE images (
  run TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, name TEXT NOT NULL, step INTEGER NOT NULL,
  time REAL NOT NULL, path TEXT NOT NULL, PRIMARY KEY (run, name, step)
);
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {FORMAT};
COMMIT;
"""


def open_to_write(root: Path, *, patience_s: float = PATIENCE_S) -> sqlite3.Connection:
    """A connection to the store in this folder; both are made where they are missing.

    Raises RunsError where they cannot be, and for a damaged file or one of another kind or format.
    """
    path = root / FILE
    with reported(path):
        root.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        connection = _checked(_connect(path, "rw", patience_s), path)
        # A power cut may cost the last transactions, never the file; and nobody waits for the disk.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that can change nothing and stops no writer. Raises what SQLite raises."""
    try:
        return _checked(_connect(path, "ro", PATIENCE_S), path)
    except sqlite3.OperationalError:
        # Readers share a small file beside the store with its writers. Where the folder cannot be
        # written and no writer left that file, nobody writes, and reading needs no agreement.
        if path.with_name(path.name + "-wal").exists():
            raise
        return _checked(_connect(path, "ro", PATIENCE_S, "&immutable=1"), path)


def storable(text: str) -> str:
    """The text with what no UTF-8 can hold, as names of files may have it, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Raise a RunsError, which says what to do, for whatever goes wrong with this file."""
    try:
        yield
    except (sqlite3.Error, ValueError) as error:
        raise RunsError(f"{path}: {_trouble(error)}") from error
    except OSError as error:
        reason = error.strerror or error
        raise RunsError(f"{path}: cannot be opened ({reason}); give the folder of the runs") from error


def _trouble(error: Exception) -> str:
    # The low byte is the kind of error; Python's own errors about the content have no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "is locked by another program; wait until it is done, or end it"
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
        return f"is damaged ({error}); put a copy in its place, or move it away to begin a new store"
    return f"cannot be used ({error}); check the disk and your rights"


def _create(path: Path) -> None:
    """Made to the side and linked to its place, so that no half of a store is ever seen there."""
    partial = path.with_name(f".{uuid4().hex}.partial")
    try:
        with closing(sqlite3.connect(partial)) as connection:
            connection.executescript(_TABLES)
        with suppress(FileExistsError):  # another training was quicker
            _name(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _name(partial: Path, path: Path) -> None:
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        partial.rename(path)


def _connect(path: Path, mode: Literal["ro", "rw"], patience_s: float, more: str = "") -> sqlite3.Connection:
    """Transactions are begun by hand; whoever shares the connection among threads takes turns."""
    address = f"{path.resolve().as_uri()}?mode={mode}{more}"
    connection = sqlite3.connect(
        address, uri=True, timeout=patience_s, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    return connection


def _checked(connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION:
            raise RunsError(f"{path}: is no store of runs; give another folder, or move this file away")
        if version != FORMAT:
            raise RunsError(
                f"{path}: format {version}, this version reads {FORMAT}; give another folder, or the "
                "version of smilecascade that wrote it"
            )
    except BaseException:
        connection.close()
        raise
    return connection
