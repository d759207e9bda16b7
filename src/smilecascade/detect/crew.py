"""Several threads at one conveyor, and their results in the order of the photos."""

from __future__ import annotations

import atexit
import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from queue import Empty, SimpleQueue
from threading import Condition, Thread, current_thread

from smilecascade.detect.conveyor import Conveyor, Job, Jobs

#: Photos in flight for each thread: taken from the input, and not yet handed out. Fewer leave
#: batches half full, more take memory and gain nothing (docs/lab-notes.md).
AHEAD = 32

#: Threads at one conveyor: Python itself keeps about two of them busy, reading files some more.
MOST_THREADS = 4

#: Pixels of the photos in flight for each thread; one photo each may be in flight whatever it has.
PIXELS_AHEAD = 32_000_000

#: Pixels of a photo as long as none was seen: a camera's.
A_PHOTO = 12_000_000


def crew_size(threads: int | None) -> int:
    """How many threads work side by side where so many cores may be used; None: all there are."""
    return min(threads or cores(), MOST_THREADS)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(jobs: Iterable[Job], conveyor: Conveyor, threads: int) -> Generator[Job, None, None]:
    """The jobs, finished, in their order, by so many threads; at most ``AHEAD`` for each are in flight.

    One thread is the caller's own. Others start with the first result and end with the generator,
    which waits for what they are at. An exception that ``jobs`` raises comes in its place, after the
    jobs before it; what else stops a thread is raised at once.
    """
    given = _Input(jobs)
    yield from _alone(given, conveyor) if threads == 1 else _together(given, conveyor, threads)
    if given.error:
        raise given.error


class _Input:
    """Jobs until there are no more or an exception is raised, which is kept."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        self._jobs = jobs
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[Job]:
        try:
            yield from self._jobs
        except Exception as error:
            self.error = error


def _alone(jobs: Iterable[Job], conveyor: Conveyor) -> Generator[Job, None, None]:
    with conveyor.turn:
        yield from conveyor.run(_flushed(jobs))


def _flushed(jobs: Iterable[Job]) -> Jobs:
    for number, job in enumerate(jobs, start=1):
        yield job
        if number % AHEAD == 0:
            yield None


def _together(given: Iterable[Job], conveyor: Conveyor, threads: int) -> Generator[Job, None, None]:
    jobs, flight, crew = iter(given), _Flight(threads), _Crew(conveyor, threads)
    try:
        crew.start()
        while True:
            if flight.has_landed():
                yield flight.land()
            elif flight.has_room() and (job := next(jobs, None)):
                flight.board(job)
                crew.submit(job)
            elif flight.jobs:
                crew.wait_for(flight.jobs[0])
            else:
                return
    finally:
        crew.close()


class _Flight:
    """The jobs in flight, first in first out, and how many pixels they are thought to have."""

    def __init__(self, threads: int) -> None:
        self.jobs: deque[Job] = deque()
        self._weights: deque[int] = deque()
        self._threads, self._usual, self._weight = threads, A_PHOTO, 0

    def has_room(self) -> bool:
        """Whether one more may be taken from the input."""
        few, light = self._threads * AHEAD, self._threads * PIXELS_AHEAD
        return len(self.jobs) < self._threads or (len(self.jobs) < few and self._weight < light)

    def board(self, job: Job) -> None:
        """The last one; if nobody knows how large it is, it is thought to be as the last one known."""
        self.jobs.append(job)
        self._weights.append(self._usual if job.pixels is None else job.pixels)
        self._weight += self._weights[-1]

    def has_landed(self) -> bool:
        """Whether the first one is finished."""
        return bool(self.jobs) and self.jobs[0].finished

    def land(self) -> Job:
        """The first one, which is in flight no longer."""
        job = self.jobs.popleft()
        self._weight -= self._weights.popleft()
        self._usual = self._usual if job.pixels is None else job.pixels
        return job


class _Closed(Exception):  # noqa: N818 - it ends a thread, and is no error
    """Nobody waits for results any more."""


class _Crew:
    """Threads that work on what is submitted, each with a run of its own, until they are let go."""

    def __init__(self, conveyor: Conveyor, threads: int) -> None:
        self._conveyor, self._process = conveyor, os.getpid()
        self._submitted: SimpleQueue[Job | None] = SimpleQueue()
        self._changed = Condition()
        self._awaited: Job | None = None
        self._failure: BaseException | None = None
        self._closed = False
        # Not waited for when the program ends, or one that keeps an unfinished generator would hang;
        # but asked to end before the nets' library is unloaded under them.
        names = (f"smilecascade {number}" for number in range(1, threads + 1))
        self._threads = [Thread(target=self._work, name=name, daemon=True) for name in names]

    def start(self) -> None:
        """Begin to work."""
        atexit.register(self.close)
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> None:
        """Have a job done by whichever thread is free first."""
        self._submitted.put(job)

    def wait_for(self, job: Job) -> None:
        """Return when the job is finished. Raises what stopped a thread, if anything did."""
        if os.getpid() != self._process:
            raise RuntimeError("results of a process are asked for in its fork; start anew in each process")
        with self._changed:
            self._awaited = job
            self._changed.wait_for(lambda: job.finished or self._failure)
        if self._failure:
            raise self._failure

    def close(self) -> None:
        """Let all threads go, and wait until they are gone."""
        self._closed = True
        for _ in self._threads:
            self._submitted.put(None)
        atexit.unregister(self.close)
        if current_thread() in self._threads:  # the garbage collector runs in any thread
            return
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _work(self) -> None:
        try:
            with self._conveyor.turn:
                for job in self._conveyor.run(self._jobs()):
                    if self._awaited is job:
                        self._wake()
        except _Closed:
            pass
        except BaseException as failure:
            self._failure = failure
            self._wake()

    def _jobs(self) -> Jobs:
        """What is submitted; while there is nothing, this thread's photos do not wait for more."""
        while True:
            try:
                job = self._submitted.get_nowait()
            except Empty:
                yield None
                job = self._conveyor.turn.without(self._submitted.get)()
            if job is None or self._closed:
                raise _Closed
            yield job

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
