"""The arithmetic of the monitor's page, asked of the very scripts that the browser runs."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pages import launched, monitor, pages

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    """Calls a function of a script with plain values."""
    root: Path = tmp_path_factory.mktemp("scripts") / "runs"
    with launched() as browser, monitor(root) as url, pages(browser) as opened:
        page = opened(url)

        def call(script: str, function: str, *arguments: Any) -> Any:
            module = f"await import('/static/{script}')"
            program = f"async (given) => JSON.stringify(({module}).{function}(...given) ?? null)"
            return json.loads(page.evaluate(program, list(arguments)))

        yield call


def average(values: list[float], weight: float) -> list[float]:
    """The debiased exponential average, slowly: the weighted mean of all values so far."""
    found = []
    for k in range(len(values)):
        weights = weight ** np.arange(k, -1, -1)
        found.append(float(np.dot(weights, values[: k + 1]) / weights.sum()))
    return found


def test_smoothing_is_the_weighted_mean_of_what_came_before(call: Call) -> None:
    values = np.random.default_rng(1).normal(size=50).tolist()
    assert call("smoothing.js", "smoothed", {"values": values}, 0.9)["values"] == pytest.approx(
        average(values, 0.9)
    )


def test_a_gap_stays_a_gap_and_changes_nothing(call: Call) -> None:
    found = call("smoothing.js", "smoothed", {"values": [1, None, 3]}, 0.5)["values"]
    assert found[1] is None
    assert [found[0], found[2]] == pytest.approx(average([1, 3], 0.5))


def test_averages_of_many_points_are_smoothed_as_the_points_themselves(call: Call) -> None:
    points = np.repeat([4.0, 2.0, 7.0, 1.0], [10, 3, 20, 5])
    trend = {"values": [4.0, 2.0, 7.0, 1.0], "counts": [10, 3, 20, 5]}
    ends = np.array(average(points.tolist(), 0.8))[[9, 12, 32, 37]]
    assert call("smoothing.js", "smoothed", trend, 0.8)["values"] == pytest.approx(ends)


def test_smoothing_goes_on_from_where_it_ended(call: Call) -> None:
    values = np.random.default_rng(2).normal(size=20).tolist()
    end = call("smoothing.js", "smoothed", {"values": values[:12]}, 0.7)["end"]
    rest = call("smoothing.js", "smoothed", {"values": values[12:]}, 0.7, end)["values"]
    assert rest == pytest.approx(average(values, 0.7)[12:])


def test_the_slider_and_its_weight_are_each_others_inverse(call: Call) -> None:
    weights = [call("smoothing.js", "weightAt", place) for place in range(0, 101, 5)]
    assert weights == sorted(weights)
    assert (weights[0], weights[-1]) == (0, 0.9999)
    assert [call("smoothing.js", "placeOf", weight) for weight in weights] == list(range(0, 101, 5))


def test_metrics_are_grouped_by_how_their_names_begin(call: Call) -> None:
    names = ["loss", "learning_rate", "val_error", "val_recall", "level3/loss", "val"]
    assert call("groups.js", "groupsOf", names) == [
        ["", ["loss", "learning_rate", "val"]],
        ["val", ["val_error", "val_recall"]],
        ["level3", ["level3/loss"]],
    ]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.009, 11, [0.01, 0.1, 1, 10]),
        (0.3, 7, [0.5, 1, 2, 5]),
        (0.21, 0.44, [0.3, 0.4]),
        (1e-9, 1e9, [1e-8, 1e-4, 1, 1e4, 1e8]),
        (0, 1, []),
    ],
)
def test_a_logarithmic_axis_has_a_few_round_ticks(
    call: Call, low: float, high: float, ticks: list[float]
) -> None:
    assert call("axes.js", "logTicks", low, high) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456, "0.1235"),
        (0, "0"),
        (1234567, "1.23e6"),
        (12000, "12,000"),
        (2.5e-7, "2.50e-7"),
        (None, "–"),
    ],
)
def test_figures_are_short(call: Call, value: float | None, text: str) -> None:
    assert call("format.js", "figure", value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (7200, "2 h"), (90000, "1 d 1 h")]
)
def test_durations_are_two_units(call: Call, seconds: float, text: str) -> None:
    assert call("format.js", "duration", seconds) == text


def test_runs_that_stand_side_by_side_have_colours_of_their_own(call: Call) -> None:
    ids = [f"20261124-15{k:02}00-{k * 7919 % 1679616:04x}" for k in range(60)]
    call("colours.js", "paint", ids)
    colours = [call("colours.js", "colourOf", id) for id in ids]
    for k in range(len(ids) - 12):
        assert len(set(colours[k : k + 13])) == 13
    call("colours.js", "paint", [*ids, "20261125-000000-aaaa"])
    assert [call("colours.js", "colourOf", id) for id in ids] == colours, "a later run changes no colour"
