"""Whether a run that says it is running still is."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from pathlib import Path

from smilecascade.runs.info import State

#: A run that has not written for so long is gone; it writes every second.
STALE_S = 15.0


def host() -> str:
    """The name of this machine."""
    return socket.gethostname()


def processes() -> str:
    """Names the numbering that this process has its number in.

    Containers may share the name of their machine, and yet not see each other's processes.
    """
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def state_of(row: sqlite3.Row) -> State:
    """The state of a row of runs: as it is written, or killed where nobody is left to write."""
    state: State = row["state"]
    return "killed" if state == "running" and not _lives(row) else state


def _lives(row: sqlite3.Row) -> bool:
    if time.time() - row["heartbeat"] > STALE_S:
        return False
    ours = row["host"] == host() and row["processes"] == processes()
    return not ours or _is_process(row["pid"])


def _is_process(pid: int) -> bool:
    if os.name != "posix":  # elsewhere the question would be a signal that kills
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
