"""Questions to a store: one connection for all threads, and always to the file that is there now."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from threading import Lock
from typing import Any

from smilecascade.runs.schema import open_to_read, reported


class Reader:
    """Reads one file, from any thread; opened with the first question, and where it was replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None

    def rows(self, query: str, **values: Any) -> list[sqlite3.Row]:
        """All rows of the answer; none where there is no file yet.

        Raises RunsError where the file is damaged, is no store, or is of another format.
        """
        with self._lock, reported(self.path):
            connection = self._connected()
            return connection.execute(query, values).fetchall() if connection else []

    def close(self) -> None:
        """Give the file up; the next question opens it again."""
        with self._lock:
            self._disconnect()

    def _connected(self) -> sqlite3.Connection | None:
        found = _identity(self.path)
        if found is None or found != self._opened:
            self._disconnect()
        if found is not None and self._connection is None:
            self._connection = open_to_read(self.path)
            # Where the folder cannot be written, later changes may not be seen: it is opened anew.
            self._opened = found if os.access(self.path.parent, os.W_OK) else None
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection, self._opened = None, None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
