"""What is new of curves: by cursor, thinned, averaged, in parts, and anew where a run was resumed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smilecascade import runs

Reader = Any
Logged = Callable[..., str]
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(reader: Reader) -> Ask:
    """Asks for one curve."""

    def ask(run: str, metric: str = "loss", *, count: int = 1000, averages: bool = False, **wish: Any) -> Any:
        body = {"count": count, "averages": averages, "curves": [{"run": run, "metric": metric, **wish}]}
        answer = reader.post("/api/curves", json=body)
        assert answer.status_code == 200, answer.text
        (curve,) = answer.json()["curves"]
        return curve

    return ask


def test_a_curve_begins_with_all_of_its_points(ask: Ask, logged: Logged) -> None:
    curve = ask(logged("a", {"loss": [0.5, 0.25, 0.125]}))
    assert curve["steps"] == [0, 1, 2]
    assert curve["values"] == [0.5, 0.25, 0.125]
    assert curve["next"] == 3
    assert curve["fresh"]
    assert not curve["thinned"]
    assert len(curve["times"]) == 3
    assert all(0 <= time < 60 for time in curve["times"])


def test_from_then_on_only_new_points_come(ask: Ask, root: Path) -> None:
    with runs.start("a", root) as run:
        run.log({"loss": 0.5}, 0)
    assert ask(run.id)["next"] == 1
    nothing = ask(run.id, since=1)
    assert (nothing["steps"], nothing["next"], nothing["fresh"]) == ([], 1, False)
    with runs.start("a", root, resume=run.id, step=0) as run:
        run.log({"loss": 0.25}, 1)
    news = ask(run.id, since=1, generation=1)
    assert (news["steps"], news["values"], news["next"], news["fresh"]) == ([1], [0.25], 2, False)


def test_a_resumed_run_begins_anew_for_those_who_knew_it_before(ask: Ask, root: Path) -> None:
    with runs.start("a", root) as run:
        for step in range(5):
            run.log({"loss": step}, step)
    with runs.start("a", root, resume=run.id, step=1) as run:
        run.log({"loss": 9}, 2)
    curve = ask(run.id, since=5, generation=0)
    assert (curve["values"], curve["generation"], curve["fresh"]) == ([0, 1, 9], 1, True)


def test_a_cursor_from_the_future_begins_anew(ask: Ask, logged: Logged) -> None:
    curve = ask(logged("a", {"loss": [1, 2]}), since=7)
    assert (curve["values"], curve["fresh"]) == ([1, 2], True)


def test_values_that_are_no_numbers_are_null(ask: Ask, logged: Logged) -> None:
    curve = ask(logged("a", {"loss": [1, float("nan"), float("inf"), -float("inf"), 2]}))
    assert curve["values"] == [1, None, None, None, 2]


def test_a_long_curve_is_thinned_and_keeps_its_extremes(ask: Ask, logged: Logged) -> None:
    values = np.zeros(5000)
    values[[1234, 4321]] = (7, -7)
    run = logged("a", {"loss": values.tolist()})
    curve = ask(run, count=50)
    assert len(curve["values"]) <= 50
    assert {7, -7} <= set(curve["values"])
    assert (curve["steps"][0], curve["steps"][-1], curve["next"], curve["thinned"]) == (0, 4999, 5000, True)
    news = ask(run, count=50, since=2000)
    assert news["steps"][0] >= 2000
    assert not news["fresh"]
    assert (len(news["steps"]) <= 50, -7 in news["values"], news["next"]) == (True, True, 5000)


def test_a_part_comes_finely_and_moves_no_cursor(ask: Ask, logged: Logged) -> None:
    run = logged("a", {"loss": np.arange(5000.0).tolist()})
    part = ask(run, count=50, since=5000, low=1000.5, high=1040)
    assert part["values"] == list(range(1001, 1041))
    assert (part["low"], part["high"]) == (1000.5, 1040)
    assert ask(run, count=50, low=4990, high=None)["values"] == list(range(4990, 5000))
    assert ask(run, count=50, low=9000)["values"] == []


def test_averages_stand_for_all_that_was_left_out(ask: Ask, logged: Logged) -> None:
    values = np.random.default_rng(1).exponential(size=3000)
    run = logged("a", {"loss": values.tolist()})
    curve = ask(run, count=40, averages=True)
    means, counts = (np.array(curve["averages"][key]) for key in ("values", "counts"))
    assert len(means) == 20
    assert counts.sum() == 3000
    assert (means * counts).sum() == pytest.approx(values.sum())
    assert curve["averages"]["steps"][-1] == 2999
    part = ask(run, count=40, averages=True, low=100, high=199)["averages"]
    assert np.dot(part["values"], part["counts"]) == pytest.approx(values[100:200].sum())


def test_where_nothing_is_left_out_there_are_no_averages(ask: Ask, logged: Logged) -> None:
    assert "averages" not in ask(logged("a", {"loss": [1, 2]}), averages=True)


def test_many_curves_are_one_request_and_what_is_wrong_costs_only_itself(
    reader: Reader, logged: Logged
) -> None:
    first, second = logged("a", {"loss": [1], "ap": [0.5]}), logged("b", {"loss": [2]})
    wishes = [(first, "loss"), (second, "ap"), ("x", "loss"), (second, "loss"), (first, "ap")]
    body = {"curves": [{"run": run, "metric": metric} for run, metric in wishes]}
    answer = reader.post("/api/curves", json=body).json()
    told = [(curve["run"], curve["metric"], curve["values"]) for curve in answer["curves"]]
    assert told == [(first, "loss", [1]), (second, "loss", [2]), (first, "ap", [0.5])]
    metric, run = (problem["error"] for problem in answer["problems"])
    assert metric == f"{second}: has no metric 'ap'; /api/runs names those that it has"
    assert "'x'" in run


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ([], "the request: expected an object with keys"),
        ({}, "curves: expected a list of at most"),
        ({"curves": {}}, "curves: expected a list of at most"),
        ({"curves": [{}] * 12_001}, "curves: expected a list of at most 12000"),
        ({"curves": [], "count": 4}, "count: expected a whole number from 5 to 100000, got 4"),
        ({"curves": [], "count": True}, "count: expected a whole number"),
        ({"curves": [], "averages": 1}, "averages: expected true or false, got 1"),
        ({"curves": [7]}, "curves[0]: expected an object with keys, got 7"),
        ({"curves": [{"metric": "loss"}]}, "curves[0].run: expected a name, got None"),
        ({"curves": [{"run": "a", "metric": ""}]}, "curves[0].metric: expected a name, got ''"),
        ({"curves": [{"run": "a", "metric": "b", "since": -1}]}, "curves[0].since: expected a whole number"),
        ({"curves": [{"run": "a", "metric": "b", "generation": "1"}]}, "curves[0].generation: expected"),
        ({"curves": [{"run": "a", "metric": "b", "low": "1"}]}, "curves[0].low: expected a step or null"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(reader: Reader, body: Any, sentence: str) -> None:
    answer = reader.post("/api/curves", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(sentence)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(reader: Reader, body: bytes) -> None:
    answer = reader.post("/api/curves", content=body)
    assert (answer.status_code, answer.json()["error"]) == (400, "the request: expected JSON")


def test_a_question_that_is_too_large_is_not_read(reader: Reader) -> None:
    answer = reader.post("/api/curves", content=b" " * 4_000_001)
    assert answer.status_code == 413
    assert "ask for fewer curves" in answer.json()["error"]
