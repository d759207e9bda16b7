"""Results that survive an interruption, a kill and a power cut: a journal of JSON lines.

Beside ``faces.csv``, say, results are appended to ``faces.csv.partial`` as they come. When all are
there the file itself is made of it, and the journal is gone. What they were found with, by which it
is known whether a later run may go on, is in ``faces.csv.partial.json``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

from smilecascade.aside import aside
from smilecascade.errors import ExportError
from smilecascade.export.files import LINES, converter
from smilecascade.export.lines import dumped
from smilecascade.export.outcomes import Outcome, to_json
from smilecascade.export.recorded import Recorded, Records, recorded
from smilecascade.export.settings import Settings, refuse_other

#: Each line is handed to the system at once, so that a kill costs none. The disk has it after so
#: many seconds, or with the next line if that comes later: what a power cut costs.
SYNC_S = 1.0


class Journal:
    """The results of a run, recorded one by one until they are a file; a context manager.

    When its block ends well, the file is put in its place. Otherwise the journal stays, unless
    nothing is in it. ``recorded`` is what was there when the block began.
    """

    def __init__(self, out: Path, settings: Settings, *, resume: bool = False) -> None:
        """Prepare to write ``out``, whose name ends in one of ``SUFFIXES``.

        resume: go on with the journal that an interrupted run has left, if there is one. Where
        ``out`` is whole and of the journal's own format, it is added to.
        """
        final = out.resolve() if out.is_symlink() else out
        self.path = final.with_name(f"{final.name}.partial")
        self.recorded = Recorded()
        self._out, self._settings, self._resume = out, settings, resume
        self._note = self.path.with_name(f"{self.path.name}.json")

    def __enter__(self) -> Journal:
        """Open the journal. Raises OSError where it cannot be written.

        Raises ExportError where it holds results and ``resume`` is False, where it was begun with
        other settings, where another run is writing to it, and where ``out`` is whole and its
        format cannot be added to.
        """
        with ExitStack() as failing:
            begun = self.path.exists()
            self._stream = failing.enter_context(self.path.open("ab"))
            _lock(self._stream, self.path)
            failing.callback(self._discard_empty)
            self.recorded = self._left(begun)
            self._stream.truncate(self.recorded.length)
            self._synced_s = time.monotonic()
            failing.pop_all()
        return self

    def write(self, outcome: Outcome) -> None:
        """Append one outcome."""
        self._stream.write(dumped(to_json(outcome)).encode("utf-8", "backslashreplace") + b"\n")
        self._stream.flush()
        if time.monotonic() - self._synced_s > SYNC_S:
            self._sync()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._stream:
            self._sync()
        if kind is None:
            self._finish()
        else:
            self._discard_empty()

    def _left(self, begun: bool) -> Recorded:
        left = recorded(self.path)
        if left and not self._resume:
            raise ExportError(
                f"{self.path}: holds what a run had found that was interrupted (photos: {len(left)}); "
                "go on with --resume, or delete it to start anew"
            )
        if left:
            self._check_settings()
            return left
        self._note.write_text(json.dumps(self._settings), "utf-8")
        return self._added_to() if self._resume and not begun and self._out.exists() else left

    def _check_settings(self) -> None:
        try:
            before = dict(json.loads(self._note.read_text("utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ExportError(
                f"{self._note}: cannot be read, and only it knows how the results in {self.path.name} were "
                "found; delete both to start anew"
            ) from error
        refuse_other(self._settings, before, self.path)

    def _added_to(self) -> Recorded:
        """The results of the finished file, which are copied into the journal."""
        if self._out.suffix.lower() != LINES:
            raise ExportError(
                f"{self._out}: is finished, and only {LINES} files can be added to; without --resume "
                "everything is searched anew"
            )
        there = recorded(self._out, whole=True)
        if there.length != self._out.stat().st_size:
            raise ExportError(f"{self._out}: holds other lines than results; give --out another name")
        with self._out.open("rb") as source:
            copyfileobj(source, self._stream)
        self._stream.flush()
        return there

    def _sync(self) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._synced_s = time.monotonic()

    def _finish(self) -> None:
        convert = converter(self._out.suffix.lower())
        if convert is None:
            self.path.replace(self._out.resolve())
        else:
            with aside(self._out) as whole:
                convert(Records(self.path), whole)
            self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def _discard_empty(self) -> None:
        if not self.path.stat().st_size:
            self.path.unlink()
            self._note.unlink(missing_ok=True)


def _lock(stream: BinaryIO, path: Path) -> None:
    """Keep other runs out until the stream is closed, where the system has such locks."""
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ExportError(
            f"{path}: another run is writing to it; let it end, or give --out another name"
        ) from error
