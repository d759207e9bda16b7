"""Deleting a run: its rows in one transaction, then its files."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from smilecascade.errors import RunsError
from smilecascade.runs import files
from smilecascade.runs.begin import require_over
from smilecascade.runs.schema import FILE, open_to_write, reported


def remove(root: Path, run: str) -> None:
    """Delete the run of this id, if it is there.

    Raises RunsError where it is running, and where the store or the files cannot be changed.
    """
    with closing(open_to_write(root)) as connection, reported(root / FILE), connection:
        connection.execute("BEGIN IMMEDIATE")
        for row in connection.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchall():
            require_over(row, "wait for its end, or end it, before it is deleted")
        connection.execute("DELETE FROM runs WHERE id = ?", (run,))
    for kind in (files.IMAGES, files.TENSORBOARD):
        _remove(root / files.folder(kind, run))


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise RunsError(f"{folder}: cannot be removed ({error.strerror}); delete it yourself") from error
