import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator

import numpy as np
import pytest

from smilecascade.detect import crew
from smilecascade.detect.conveyor import Job
from smilecascade.detect.crew import in_order
from smilecascade.detect.turns import Turn

BLACK = np.zeros((4, 5, 3), np.uint8)


class Belt:
    """A conveyor that finishes photos in batches of three, and remembers its threads.

    slow: seconds that a photo of this number takes.
    """

    def __init__(self, slow: dict[int, float] | None = None) -> None:
        self.turn, self.slow, self.threads = Turn(), slow or {}, set[int]()

    def run(self, jobs: Iterator[Job | None]) -> Iterator[Job]:
        waiting: list[Job] = []
        for job in jobs:
            self.threads.add(threading.get_ident())
            if job:
                waiting.append(self.looked_at(job))
            if job is None or len(waiting) == 3:
                yield from (done.finish() for done in waiting)
                waiting = []
        yield from (done.finish() for done in waiting)

    def looked_at(self, job: Job) -> Job:
        assert job.source
        try:
            number = int(self.turn.without(job.source)()[0, 0, 0])
            self.turn.without(time.sleep)(self.slow.get(number, 0))
            job.height, job.pixels = number, 20
        except Exception as error:
            job.fail(error)
        return job


def numbered(number: int) -> Job:
    return Job(source=lambda: BLACK + np.uint8(number))


def ordered(jobs: Iterable[Job], belt: Belt, threads: int) -> Generator[Job, None, None]:
    return in_order(jobs, belt, threads)  # type: ignore[arg-type]


def workers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("smilecascade ")]


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    yield
    assert workers() == []


@pytest.fixture(params=[1, 2, 3])
def threads(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_results_come_ordered(threads: int) -> None:
    slow = Belt({0: 0.02, 3: 0.03, 10: 0.02})
    found = [job.height for job in ordered(map(numbered, range(20)), slow, threads)]
    assert found == list(range(20))


def test_nothing_in_is_nothing_out(threads: int) -> None:
    assert list(ordered([], Belt(), threads)) == []


def test_one_thread_is_the_callers_and_more_are_not() -> None:
    for count in (1, 2):
        belt = Belt(dict.fromkeys(range(10), 0.01))
        list(ordered(map(numbered, range(10)), belt, count))
        assert len(belt.threads) == count
        assert (threading.get_ident() in belt.threads) is (count == 1)


def test_nothing_is_taken_before_a_result_is_wanted(threads: int) -> None:
    taken: list[int] = []
    results = ordered((taken.append(k) or numbered(k) for k in range(9)), Belt(), threads)  # type: ignore[func-returns-value]
    assert (taken, workers()) == ([], [])
    results.close()


def test_the_input_is_taken_a_little_ahead(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "AHEAD", 5)
    taken: list[int] = []

    def jobs() -> Iterator[Job]:
        for number in range(100):
            taken.append(number)
            yield numbered(number)

    results = ordered(jobs(), Belt(), threads)
    for number, _ in enumerate(results):
        assert len(taken) <= number + 5 * threads + 1
    assert len(taken) == 100


def test_few_large_photos_are_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "PIXELS_AHEAD", 100)
    taken: list[int] = []

    def jobs() -> Iterator[Job]:
        for number in range(50):
            taken.append(number)
            yield Job(source=lambda: BLACK, pixels=60)

    for number, _ in enumerate(ordered(jobs(), Belt(), 2)):
        assert len(taken) <= number + 4 + 1
    assert len(taken) == 50


def test_photos_of_unknown_size_are_thought_to_be_large_until_one_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crew, "PIXELS_AHEAD", 2 * crew.A_PHOTO)
    taken: list[int] = []
    in_flight: list[int] = []

    def jobs() -> Iterator[Job]:
        for number in range(100):
            taken.append(number)
            yield numbered(number)

    for number, _ in enumerate(ordered(jobs(), Belt(), 2)):
        in_flight.append(len(taken) - number)
    assert in_flight[0] <= 4 + 1
    assert max(in_flight) > 10


def test_a_batch_that_is_not_full_goes_on_when_there_is_no_room(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "AHEAD", 1)  # a batch has three
    found = [job.height for job in ordered(map(numbered, range(7)), Belt(), threads)]
    assert found == list(range(7))


def test_an_error_in_a_photo_stays_with_it(threads: int) -> None:
    def unread() -> np.ndarray:
        raise OSError("gone")

    jobs = [numbered(1), Job(source=unread), numbered(3)]
    errors = [job.error and str(job.error) for job in ordered(jobs, Belt(), threads)]
    assert errors == [None, "gone", None]


def test_an_error_of_the_input_comes_in_its_place(threads: int) -> None:
    def jobs() -> Iterator[Job]:
        yield from map(numbered, range(4))
        raise LookupError("no more pages")

    results = ordered(jobs(), Belt({2: 0.02}), threads)
    assert [next(results).height for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(LookupError, match="no more pages"):
        next(results)


def test_what_stops_a_thread_is_raised(threads: int) -> None:
    def leaves() -> np.ndarray:
        raise SystemExit(3)

    jobs = [numbered(0), numbered(1), numbered(2), Job(source=leaves), *map(numbered, range(4, 90))]
    with pytest.raises(SystemExit):
        list(ordered(jobs, Belt(), threads))


@pytest.mark.parametrize("stop", [lambda results: results.close(), lambda results: None])
def test_who_stops_early_leaves_no_thread_behind(stop: Callable[..., None], threads: int) -> None:
    results = ordered(map(numbered, range(1000)), Belt(), threads)
    next(results)
    assert len(workers()) == (0 if threads == 1 else threads)
    stop(results)
    del results
    gc.collect()
    assert workers() == []


def test_an_error_of_the_consumer_leaves_no_thread_behind() -> None:
    def fails() -> None:
        for _ in ordered(map(numbered, range(1000)), Belt(), 2):
            raise KeyError("x")

    with pytest.raises(KeyError):
        fails()
    gc.collect()
    assert workers() == []


def test_two_runs_at_once_do_not_disturb_each_other(threads: int) -> None:
    pairs = zip(
        ordered(map(numbered, range(50)), Belt({7: 0.01}), threads),
        ordered(map(numbered, range(50)), Belt({3: 0.01}), threads),
        strict=True,
    )
    assert [(first.height, second.height) for first, second in pairs] == [(k, k) for k in range(50)]


def test_a_generator_may_be_given_on_to_another_thread() -> None:
    results = ordered(map(numbered, range(40)), Belt(), 2)
    heights = [next(results).height]
    thread = threading.Thread(target=lambda: heights.extend(job.height for job in results))
    thread.start()
    thread.join()
    assert heights == list(range(40))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_is_told_that_it_has_no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    results = ordered(map(numbered, range(500)), Belt({5: 0.2}), 2)
    next(results)
    child = os.fork()
    if not child:
        try:
            list(results)
        except RuntimeError as error:
            os._exit(7 if "start anew in each process" in str(error) else 1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    results.close()


def test_a_program_ends_though_a_generator_does_not() -> None:
    program = (
        "import numpy as np, smilecascade; cascade = smilecascade.load(threads=2);"
        "found = cascade.detect_many(np.zeros((90, 90, 3), np.uint8) for _ in range(10**9)); next(found)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert (run.returncode, run.stderr) == (0, "")
