"""A resumed run goes on where its checkpoint was: what it had logged later is gone."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from smilecascade import runs
from smilecascade.errors import RunsError
from smilecascade.runs import Store, open_store

PIXELS = np.zeros((1, 1, 3), np.uint8)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


@pytest.fixture
def stopped(tmp_path: Path) -> str:
    """A failed run: a loss at each of 3000 steps, an accuracy at some, and two pictures; its id."""
    with suppress(RuntimeError), runs.start("a run", tmp_path, config={"steps": 9}, seed=4) as run:
        for step in range(3000):
            run.log({"loss": 3000 - step}, step)
        for step in (100, 2500):
            run.log({"accuracy": step, f"only at {step}": 1}, step)
            run.image("samples", PIXELS, step)
        raise RuntimeError("stopped")
    return run.id


@pytest.mark.parametrize("step", [-1, 0, 1022, 1023, 1024, 1500, 2998, 2999, 5000])
def test_points_after_the_step_are_dropped(tmp_path: Path, store: Store, stopped: str, step: int) -> None:
    with runs.start("a run", tmp_path, resume=stopped, step=step) as run:
        for later in range(step + 1, step + 2000):
            run.log({"loss": 3000 - later}, later)
    points, loss = store.scalars(stopped, "loss"), store.metrics(stopped)["loss"]
    wanted = np.r_[0 : min(step + 1, 3000), step + 1 : step + 2000]
    np.testing.assert_array_equal(points.steps, wanted)
    np.testing.assert_array_equal(points.values, 3000 - wanted)
    assert (loss.count, loss.last_step, loss.last) == (len(wanted), wanted[-1], points.values[-1])
    assert (loss.least, loss.greatest) == (points.values.min(), points.values.max())


def test_metrics_and_pictures_after_the_step_are_dropped(tmp_path: Path, store: Store, stopped: str) -> None:
    with runs.start("a run", tmp_path, resume=stopped, step=2000):
        pass
    metrics = store.metrics(stopped)
    assert list(metrics) == ["loss", "accuracy", "only at 100"]
    assert (metrics["accuracy"].count, metrics["accuracy"].last) == (1, 100)
    (image,) = store.images(stopped)
    assert image.step == 100
    assert list((tmp_path / "images" / stopped).iterdir()) == [tmp_path / image.path]


def test_points_that_were_not_logged_in_order_are_chosen_by_their_step(tmp_path: Path, store: Store) -> None:
    with runs.start("a run", tmp_path) as run:
        for step in [*range(2000, 0, -1), *range(5000, 5100)]:
            run.log({"loss": step}, step)
    with runs.start("a run", tmp_path, resume=run.id, step=1500):
        pass
    assert store.scalars(run.id, "loss").steps.tolist() == list(range(1500, 0, -1))
    assert store.scalars(run.id, "loss", since=1490).steps.tolist() == list(range(10, 0, -1))


def test_without_a_step_everything_stays(tmp_path: Path, store: Store, stopped: str) -> None:
    with runs.start("a run", tmp_path, resume=stopped) as run:
        run.log({"loss": 0}, 3000)
    assert len(store.scalars(stopped, "loss")) == 3001
    assert len(store.images(stopped)) == 2


def test_a_resumed_run_is_the_same_run_again(tmp_path: Path, store: Store, stopped: str) -> None:
    before = store.run(stopped)
    with runs.start("renamed", tmp_path, resume="a run", notes="again") as run:
        during = store.run(stopped)
        assert run.id == stopped
    assert (before.state, before.error, before.generation) == ("failed", "RuntimeError: stopped", 0)
    assert (during.state, during.error, during.ended, during.generation) == ("running", None, None, 1)
    assert (during.config, during.seed, during.started) == (before.config, 4, before.started)
    assert (during.name, during.notes) == ("renamed", "again")
    assert [each.state for each in store.runs()] == ["finished"]


def test_what_is_given_anew_replaces_what_was(tmp_path: Path, store: Store, stopped: str) -> None:
    with runs.start("a run", tmp_path, resume=stopped, config={"steps": 20}, seed=0, data="cd34"):
        pass
    run = store.run(stopped)
    assert (run.config, run.seed, run.data) == ({"steps": 20}, 0, "cd34")


def test_a_running_run_is_not_resumed(tmp_path: Path, store: Store) -> None:
    with runs.start("a run", tmp_path) as run:
        run.log({"loss": 1}, 1)
        with pytest.raises(RunsError, match=f"{run.id}: is running .*; wait for its end, or end it"):
            runs.start("a run", tmp_path, resume=run.id, step=0)
    assert (len(store.scalars(run.id, "loss")), store.run(run.id).generation) == (1, 0)


def test_an_unknown_run_is_not_resumed(tmp_path: Path, store: Store, stopped: str) -> None:
    with pytest.raises(RunsError, match="holds no run 'b run'; the nearest is 'a run'"):
        runs.start("b run", tmp_path, resume="b run")
    assert [run.id for run in store.runs()] == [stopped]
