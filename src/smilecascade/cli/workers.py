"""Several processes that look at photos side by side; one that dies costs the photo it died of.

Tasks go out in shares, and results are told in the order of the tasks. Workers end when the pipe
to this process does, so none is left behind, however this process ends.
"""

from __future__ import annotations

import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from heapq import heappop, heappush
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

import click

from smilecascade.cli.failures import FAILED
from smilecascade.cli.inputs import Task
from smilecascade.cli.looking import Look, Sink
from smilecascade.export import Outcome, Unread

#: Tasks handed to a worker at a time: a conveyor runs empty at the end of each share.
SHARE = 32

#: Shares a worker may be ahead of the oldest task that is not finished.
AHEAD = 4

#: Outcomes in memory that wait for an older task, from which on younger ones are not listened to.
#: A photo is one; a video has thousands.
MOST_WAITING = 20_000

#: How long workers may take to see that their pipes have ended.
GOODBYE_S = 2.0

#: Makes a ``Look`` in the worker; travels there.
Open = Callable[[], Look]


class WorkerError(click.ClickException):
    """Processes that cannot be started."""

    exit_code = FAILED


class _Said(Enum):
    """What a worker says beside outcomes and errors."""

    READY = "it has loaded what it needs"
    FINISHED = "nothing more comes of this task"


def share_out(tasks: Sequence[Task], sink: Sink, *, open_look: Open, count: int) -> None:
    """Look at tasks in ``count`` processes and tell the sink as one process would, in order.

    The photos that a dead worker held are tried again one by one, and one of which a process dies
    alone is an ``Unread``. Raises WorkerError where processes die before they begin, and what a
    worker raised.
    """
    crew = _Crew(tasks, open_look, sink)
    try:
        crew.work(min(count, len(tasks)))
    finally:
        crew.dismiss()


@dataclass
class _Worker:
    process: SpawnProcess
    connection: Connection
    ready: bool = False
    held: deque[int] = field(default_factory=deque)

    def give(self, tasks: Sequence[Task], numbers: Sequence[int]) -> None:
        self.held.extend(numbers)
        with suppress(OSError):  # it has died, which is noticed when it is listened to
            self.connection.send([tasks[number] for number in numbers])


class _Crew:
    """The workers, who holds which task, and what has come back and waits for its turn."""

    def __init__(self, tasks: Sequence[Task], open_look: Open, sink: Sink) -> None:
        self._tasks, self._open, self._sink = tasks, open_look, sink
        self._workers: list[_Worker] = []
        self._again: list[int] = []  # a heap of tasks whose worker died
        self._next = 0  # the first task that nobody has held yet
        self._oldest = 0  # the first task that is not told to its end
        self._told = 0  # outcomes of the oldest task that the sink has
        self._waiting: dict[int, list[Outcome]] = {}
        self._finished: set[int] = set()

    def work(self, count: int) -> None:
        for _ in range(count):
            self._workers.append(_start(self._open))
        while self._oldest < len(self._tasks):
            for worker in self._workers:
                self._supply(worker)
            heard = self._listened_to()
            speaking = wait([worker.connection for worker in heard])
            for worker in heard:
                if worker.connection in speaking:
                    self._hear(worker)
            self._tell()

    def dismiss(self) -> None:
        for worker in self._workers:
            worker.connection.close()
        patience_ends_s = time.monotonic() + GOODBYE_S
        for worker in self._workers:
            worker.process.join(max(0.0, patience_ends_s - time.monotonic()))
            worker.process.kill()
            worker.process.join()

    def _supply(self, worker: _Worker) -> None:
        if not worker.ready or worker.held:
            return
        if self._again:
            worker.give(self._tasks, [heappop(self._again)])
        elif share := self._share():
            worker.give(self._tasks, share)

    def _share(self) -> range:
        """The next tasks: smaller shares towards the end, so that all are busy until then."""
        count = len(self._workers)
        size = min(SHARE, -(-(len(self._tasks) - self._next) // (2 * count)))
        end = min(self._next + size, self._oldest + count * AHEAD * SHARE)
        share = range(self._next, end)
        self._next = max(self._next, end)
        return share

    def _listened_to(self) -> list[_Worker]:
        """All, or only those that are needed now where too many outcomes wait for their turn."""
        if sum(map(len, self._waiting.values())) <= MOST_WAITING:
            return list(self._workers)
        return [worker for worker in self._workers if not worker.held or worker.held[0] == self._oldest]

    def _hear(self, worker: _Worker) -> None:
        try:
            said = worker.connection.recv()
        except (EOFError, OSError):
            self._replace(worker)
            return
        if isinstance(said, Exception):
            raise said
        if said is _Said.READY:
            worker.ready = True
        elif said is _Said.FINISHED:
            self._finished.add(worker.held.popleft())
        else:
            self._waiting.setdefault(worker.held[0], []).append(said)

    def _replace(self, worker: _Worker) -> None:
        worker.connection.close()
        worker.process.join()
        if not worker.ready:
            raise WorkerError(
                f"a worker process ended as it began ({_ending(worker.process)}); give fewer --workers"
            )
        if worker.held:
            self._settle(worker.held, _ending(worker.process))
        self._workers[self._workers.index(worker)] = _start(self._open)

    def _settle(self, held: deque[int], ending: str) -> None:
        """What becomes of the tasks of a dead worker: what it held alone, or had partly told, is lost."""
        if len(held) == 1 or (held[0] == self._oldest and self._told):
            lost = held.popleft()
            error = f"the process that read it ended ({ending}); try it alone, or give fewer --workers"
            self._waiting.setdefault(lost, []).append(Unread(path=str(self._tasks[lost].path), error=error))
            self._finished.add(lost)
        for number in held:
            self._waiting.pop(number, None)
            heappush(self._again, number)

    def _tell(self) -> None:
        while self._oldest < len(self._tasks):
            outcomes = self._waiting.pop(self._oldest, [])
            for outcome in outcomes:
                self._sink.write(outcome)
            self._told += len(outcomes)
            if self._oldest not in self._finished:
                return
            self._finished.remove(self._oldest)
            self._sink.finished()
            self._oldest, self._told = self._oldest + 1, 0


def _start(open_look: Open) -> _Worker:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, open_look), daemon=True)
    try:
        with _interrupts_held():
            process.start()
    except OSError as error:
        raise WorkerError(
            f"a worker process cannot be started ({error.strerror}); give fewer --workers"
        ) from error
    theirs.close()
    return _Worker(process, ours)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C for later: a process started meanwhile never gets it, which is for its parent alone."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ending(process: SpawnProcess) -> str:
    code = process.exitcode or 0
    if code >= 0:
        return f"exit code {code}"
    killed = -code == getattr(signal, "SIGKILL", None)
    return f"killed by signal {-code}" + (", as for want of memory" if killed else "")


def _work(connection: Connection, open_look: Open) -> None:
    """What a worker does until the pipe to its parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        try:
            look = open_look()
            connection.send(_Said.READY)
            while True:
                look(connection.recv(), _Piped(connection))
        except Exception as error:
            error.add_note(f"in a worker process: {traceback.format_exc()}")
            connection.send(error)


class _Piped:
    """The sink of a worker: its end of the pipe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, outcome: Outcome) -> None:
        self._connection.send(outcome)

    def drawn(self, frame: int, length: int | None) -> None:
        """The bar shows the work of all processes, and not what one is at."""

    def finished(self) -> None:
        self._connection.send(_Said.FINISHED)
