"""Points that wait: all of them up to a limit, then the newest."""

from smilecascade.runs.waiting import Waiting


def put(waiting: Waiting, *steps: int) -> None:
    waiting.put([("even" if step % 2 == 0 else "odd", step, float(step), -float(step)) for step in steps])


def steps(waiting: Waiting) -> dict[str, list[int]]:
    return {name: points.steps.tolist() for name, points in waiting.by_metric()}


def test_points_are_dealt_to_their_metrics_until_they_are_stored() -> None:
    waiting = Waiting()
    put(waiting, 1, 2, 3)
    put(waiting, 4)
    waiting.collect()
    assert steps(waiting) == {"odd": [1, 3], "even": [2, 4]}
    put(waiting, 6)
    assert len(waiting) == 5
    waiting.clear()
    assert (steps(waiting), len(waiting)) == ({}, 1)
    waiting.collect()
    assert steps(waiting) == {"even": [6]}


def test_beyond_the_limit_the_oldest_are_dropped_and_counted() -> None:
    waiting = Waiting(limit=4)
    put(waiting, 1, 2, 3)
    waiting.collect()
    put(waiting, 4, 5)
    waiting.collect()
    assert (steps(waiting), waiting.dropped) == ({"odd": [3, 5], "even": [2, 4]}, 1)


def test_a_writer_that_is_stuck_fills_no_memory() -> None:
    waiting = Waiting(limit=4)
    put(waiting, *range(10))
    put(waiting, *range(10, 1000))
    assert (len(waiting), waiting.dropped) == (4, 996)
    waiting.collect()
    assert steps(waiting) == {"even": [996, 998], "odd": [997, 999]}
