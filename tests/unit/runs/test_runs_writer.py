"""Logging goes on whatever happens to the store, and nothing is lost."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from math import nan
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from smilecascade import runs
from smilecascade.images import read
from smilecascade.runs import Run, Store, open_store, writer

Eventually = Callable[[Callable[[], object]], None]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def test_what_was_flushed_is_in_the_store(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "FLUSH_S", 1000.0)
    with runs.start("a run", tmp_path) as run:
        for step in range(3):
            log(run, range(step, step + 1))
            run.image("samples", np.zeros((1, 1, 3), np.uint8), step)
            run.flush()
            assert len(store.scalars(run.id, "loss")) == len(store.images(run.id)) == step + 1
    run.flush()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program is in the middle of a transaction."""
    with closing(sqlite3.connect(folder / "runs.sqlite", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def log(run: Run, steps: range) -> None:
    for step in steps:
        run.log({"loss": -step, "error": step}, step)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]


def test_threads_may_log_into_one_run(tmp_path: Path, store: Store) -> None:
    with runs.start("a run", tmp_path) as run:
        threads = [
            Thread(target=log, args=(run, range(start, start + 3000))) for start in range(0, 12000, 3000)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for name, sign in (("loss", -1), ("error", 1)):
        points = store.scalars(run.id, name)
        np.testing.assert_array_equal(points.values, sign * points.steps)
        np.testing.assert_array_equal(np.sort(points.steps), np.arange(12000))


def test_a_locked_store_stops_no_training_and_loses_nothing(
    tmp_path: Path, store: Store, hasty: None, caplog: pytest.LogCaptureFixture, eventually: Eventually
) -> None:
    with runs.start("a run", tmp_path) as run:
        log(run, range(10))
        eventually(lambda: len(store.scalars(run.id, "loss")) == 10)
        with locked(tmp_path):
            log(run, range(10, 3000))
            eventually(lambda: warnings(caplog))
            log(run, range(3000, 4000))
            assert len(store.scalars(run.id, "loss")) == 10
        log(run, range(4000, 5000))
    assert store.scalars(run.id, "loss").steps.tolist() == list(range(5000))
    assert store.run(run.id).state == "finished"
    (warning,) = warnings(caplog)
    assert warning.startswith(f"run {run.id}: {tmp_path / 'runs.sqlite'}: is locked by another program")
    assert warning.endswith("; what is logged is kept, and tried again")


def test_a_locked_store_holds_up_a_flush_for_a_while_and_loses_nothing(
    tmp_path: Path, store: Store, hasty: None
) -> None:
    with runs.start("a run", tmp_path) as run:
        log(run, range(10))
        with locked(tmp_path):
            run.flush()
            assert len(store.scalars(run.id, "loss")) == 0
        run.flush()
    assert store.scalars(run.id, "loss").steps.tolist() == list(range(10))


def test_a_store_that_stays_locked_does_not_hold_up_the_end(
    tmp_path: Path, hasty: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "END_S", 0.1)
    with runs.start("a run", tmp_path) as run, locked(tmp_path):
        log(run, range(10))
        run.__exit__(None, None, None)
    assert f"run {run.id}: 20 points and 0 pictures were not stored" in warnings(caplog)


def test_a_picture_that_cannot_be_written_waits_and_holds_up_no_points(
    tmp_path: Path, store: Store, hasty: None, caplog: pytest.LogCaptureFixture, eventually: Eventually
) -> None:
    (tmp_path / "images").write_text("in the way")
    with runs.start("a run", tmp_path) as run:
        run.image("samples", np.zeros((1, 1, 3), np.uint8), 1)
        log(run, range(10))
        eventually(lambda: len(store.scalars(run.id, "loss")) == 10)
        (tmp_path / "images").unlink()
        eventually(lambda: store.images(run.id))
    (warning,) = warnings(caplog)
    assert "its folder cannot be made" in warning


@pytest.mark.parametrize(
    ("values", "step"),
    [
        ({"loss": "low"}, 1),
        ({"loss": None}, 1),
        ({"loss": np.zeros(2)}, 1),
        (None, 1),
        ({"loss": 1}, None),
        ({"loss": 1}, "1"),
        ({"loss": 1}, 0.5),
        ({"loss": 1}, nan),
        ({"loss": 1}, 2**63),
    ],
)
def test_what_is_logged_wrongly_is_left_out_and_warned_of_once(
    tmp_path: Path, store: Store, caplog: pytest.LogCaptureFixture, values: Any, step: Any
) -> None:
    with runs.start("a run", tmp_path) as run:
        run.log(values, step)
        run.log(values, step)
    assert store.metrics(run.id) == {}
    (warning,) = warnings(caplog)
    assert warning.endswith("left out")


def test_a_wrong_value_takes_no_other_with_it(tmp_path: Path, store: Store) -> None:
    with runs.start("a run", tmp_path) as run:
        run.log({"words": "low", "loss": np.float32(0.5), "right": True}, np.int64(2**62))  # type: ignore[dict-item]
    assert {name: metric.last for name, metric in store.metrics(run.id).items()} == {"loss": 0.5, "right": 1}
    assert store.metrics(run.id)["loss"].last_step == 2**62


@pytest.mark.parametrize("pixels", [np.zeros((2, 2)), np.zeros((2, 2, 3)), np.zeros((0, 2, 3), np.uint8)])
def test_what_is_no_picture_is_refused_at_once(tmp_path: Path, pixels: Any) -> None:
    with runs.start("a run", tmp_path) as run, pytest.raises((TypeError, ValueError)):
        run.image("samples", pixels, 1)


def test_a_picture_may_be_changed_after_it_was_logged(tmp_path: Path, store: Store) -> None:
    pixels = np.full((4, 4, 3), 7, np.uint8)
    with runs.start("a run", tmp_path) as run:
        run.image("samples", pixels, 1)
        pixels[:] = 0
    (image,) = store.images(run.id)
    assert (read(tmp_path / image.path) == 7).all()


def test_odd_names_are_kept_as_far_as_they_can_be(tmp_path: Path, store: Store) -> None:
    with runs.start("\udcff ü", tmp_path, notes="\udcff") as run:
        run.log({"": 1, "a/b 'c'": 2, "ü": 3, "\udcff": 4}, 1)
        run.log({"\udcff": 5}, 2)
    assert list(store.metrics(run.id)) == ["", "a/b 'c'", "ü", r"\udcff"]
    assert store.scalars(run.id, "\udcff").values.tolist() == [4, 5]
    assert store.run(run.id).name == r"\udcff ü"


def broken_off(run: Run) -> None:
    run.log({"loss": 1}, 1)
    raise KeyError("weights")


def test_an_exception_makes_a_failed_run(tmp_path: Path, store: Store) -> None:
    run = runs.start("a run", tmp_path)
    with pytest.raises(KeyError), run:
        broken_off(run)
    found = store.run(run.id)
    assert (found.state, found.error) == ("failed", "KeyError: 'weights'")
    assert found.ended is not None
    assert len(store.scalars(run.id, "loss")) == 1


def test_after_its_end_a_run_takes_nothing(tmp_path: Path, store: Store) -> None:
    with runs.start("a run", tmp_path) as run:
        run.log({"loss": 1}, 1)
    run.log({"loss": 2}, 2)
    run.image("samples", np.zeros((1, 1, 3), np.uint8), 2)
    assert len(store.scalars(run.id, "loss")) == 1
    assert store.images(run.id) == []


def test_a_run_that_logs_nothing_shows_that_it_lives(
    tmp_path: Path, store: Store, eventually: Eventually
) -> None:
    with runs.start("a run", tmp_path) as run:
        begun = store.run(run.id).heartbeat
        eventually(lambda: store.run(run.id).heartbeat > begun + 0.5)
        assert time.time() - store.run(run.id).heartbeat < 15


def test_a_training_may_change_its_folder(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with runs.start("a run", Path()) as run:
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        run.log({"loss": 1}, 1)
        run.image("samples", np.zeros((1, 1, 3), np.uint8), 1)
    assert len(store.scalars(run.id, "loss")) == len(store.images(run.id)) == 1
