"""The thread that stores what a run logs: twice a second, in one transaction, whatever happens."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from smilecascade.errors import RunsError
from smilecascade.runs.append import Tail, append, tail
from smilecascade.runs.complaints import Complaints
from smilecascade.runs.mirror import Mirror
from smilecascade.runs.pictures import Pictures
from smilecascade.runs.schema import FILE, open_to_write, reported
from smilecascade.runs.waiting import Waiting

#: Between two flushes, in seconds: with the time of a flush it stays below the second that a crash
#: may cost.
FLUSH_S = 0.5

#: Between two heartbeats of a run that logs nothing, in seconds.
BEAT_S = 1.0

#: How long the end of a run waits for a store that cannot be written, in seconds.
END_S = 10.0

#: How long one attempt waits for another program's transaction, in seconds.
PATIENCE_S = 2.0


class Writer:
    """Stores the points and pictures of one run, which wait in ``points`` and ``pictures``.

    A store that cannot be written is tried again at every flush, and warned of once. A row of the
    run that is gone, or of another generation, has another owner: then nothing is written.
    """

    def __init__(self, root: Path, run: str, generation: int, mirror: Mirror | None = None) -> None:
        """Begin to work."""
        self.points, self.pictures = Waiting(), Pictures(root, run)
        self.complaints = Complaints(run)
        self._root, self._run, self._generation, self._mirror = root, run, generation, mirror
        self._connection: sqlite3.Connection | None = None
        self._tails: dict[str, Tail] = {}
        self._beaten_s = time.monotonic()
        self._ending: tuple[str, str | None] | None = None
        self._asked: list[Event] = []
        self._woken = Event()
        # A daemon: a training that breaks off without an end must not hang for it.
        self._thread = Thread(target=self._work, name=f"writer of run {run}", daemon=True)
        self._thread.start()

    def flush(self) -> None:
        """Wait until all that waits now is stored; gives up after about ``PATIENCE_S``, since it is kept."""
        asked = Event()
        self._asked.append(asked)
        self._woken.set()
        asked.wait(2 * PATIENCE_S)

    def end(self, state: str, error: str | None) -> None:
        """Store what is left and how the run ended; gives up after about ``END_S``, with a warning."""
        self._ending = (state, error)
        self._woken.set()
        self._thread.join(END_S + 2 * PATIENCE_S)
        lost = len(self.points) + self.points.dropped
        if lost or len(self.pictures):
            text = f"{lost} points and {len(self.pictures)} pictures were not stored"
            self.complaints.once("lost", text)

    def _work(self) -> None:
        while not self._ending:
            self._woken.wait(FLUSH_S)
            self._woken.clear()
            asked = len(self._asked)
            if self._flush():
                self._answer(asked)
        deadline_s = time.monotonic() + END_S
        while not self._flush() and time.monotonic() < deadline_s:
            time.sleep(FLUSH_S)
        self._disconnect()
        self._reflect(lambda mirror: mirror.close())

    def _answer(self, count: int) -> None:
        """Tell the first so many of those who wait that what they logged is stored."""
        for asked in self._asked[:count]:
            asked.set()
        del self._asked[:count]

    def _flush(self) -> bool:
        """Store all that waits; False where something has to be tried again."""
        try:
            self._collect()
            if self._is_due():
                self._store()
        except Exception as error:
            # Whether the transaction was made is unknown: the store says how its metrics end.
            self._tails = {}
            self._disconnect()
            self.complaints.once("store", f"{error}; what is logged is kept, and tried again")
            return False
        return not len(self.pictures)

    def _collect(self) -> None:
        points = self.points.collect()
        pictures, failure = self.pictures.save()
        if failure:
            self.complaints.once("picture", f"{failure}; the picture is kept, and tried again")
        self._reflect(lambda mirror: mirror.copy(points, pictures))

    def _is_due(self) -> bool:
        waits = len(self.points) or self.pictures.saved or self._ending
        return bool(waits) or time.monotonic() - self._beaten_s >= BEAT_S

    def _store(self) -> None:
        with reported(self._root / FILE), self._connected() as connection:
            # Before all work: that would be in vain, again and again, while the store is locked.
            connection.execute("BEGIN IMMEDIATE")
            self._beat(connection)
            tails = self._store_points(connection)
            self._store_pictures(connection)
            self._store_ending(connection)
        self._tails |= tails
        self.points.clear()
        self.pictures.clear()
        self._beaten_s = time.monotonic()

    def _beat(self, connection: sqlite3.Connection) -> None:
        query = "UPDATE runs SET heartbeat = ? WHERE id = ? AND generation = ?"
        if not connection.execute(query, (time.time(), self._run, self._generation)).rowcount:
            raise RunsError("it was deleted, or goes on in another process")

    def _store_points(self, connection: sqlite3.Connection) -> dict[str, Tail]:
        tails = {}
        for name, points in self.points.by_metric():
            end = self._tails.get(name) or tail(connection, self._run, name)
            tails[name] = append(connection, self._run, name, end, points)
        return tails

    def _store_pictures(self, connection: sqlite3.Connection) -> None:
        query = "INSERT OR REPLACE INTO images (run, name, step, time, path) VALUES (?, ?, ?, ?, ?)"
        for each in self.pictures.saved:
            row = (self._run, each.name, each.step, each.time, each.path.as_posix())
            connection.execute(query, row)

    def _store_ending(self, connection: sqlite3.Connection) -> None:
        if self._ending:
            query = "UPDATE runs SET state = ?, error = ?, ended = ? WHERE id = ?"
            connection.execute(query, (*self._ending, time.time(), self._run))

    def _reflect(self, action: Callable[[Mirror], None]) -> None:
        """Do something to TensorBoard's copy; where that fails, the copy ends and the store goes on."""
        try:
            if self._mirror:
                action(self._mirror)
        except Exception as error:
            self._mirror = None
            self.complaints.once("mirror", f"TensorBoard's copy ends here ({error})")

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_to_write(self._root, patience_s=PATIENCE_S)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
