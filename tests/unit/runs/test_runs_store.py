"""What is logged is what is read, by cursor, by steps, and by whatever a run is called."""

import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from smilecascade import runs
from smilecascade.errors import RunsError
from smilecascade.images import read
from smilecascade.runs import Store, open_store

Eventually = Callable[[Callable[[], object]], None]


def logged(folder: Path, values: list[float], name: str = "a run", **more: Any) -> str:
    """A finished run whose metric ``loss`` has these values, at steps 0, 1, …; its id."""
    with runs.start(name, folder, **more) as run:
        for step, value in enumerate(values):
            run.log({"loss": value}, step)
    return run.id


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def test_what_a_run_was_started_with_is_read_back(tmp_path: Path, store: Store) -> None:
    config = {"train": {"steps": 7, "rates": [0.1, 0.2]}, "path": Path("a", "b"), "scale": np.float32(0.5)}
    run_id = logged(tmp_path, [], "level3", config=config, seed=3, data="ab12", notes="wider crops")
    run = store.run(run_id)
    assert (run.name, run.seed, run.data, run.notes) == ("level3", 3, "ab12", "wider crops")
    assert run.config == {"train": {"steps": 7, "rates": [0.1, 0.2]}, "path": "a/b", "scale": 0.5}
    assert (run.state, run.error, run.generation, run.pid) == ("finished", None, 0, os.getpid())
    assert run.started <= run.heartbeat <= run.ended  # type: ignore[operator]
    assert {"python", "smilecascade", "numpy", "onnxruntime"} <= set(run.versions)


@pytest.mark.parametrize("count", [1, 1023, 1024, 1025, 2500])
def test_points_are_read_as_they_were_logged(tmp_path: Path, store: Store, count: int) -> None:
    values = np.random.default_rng(count).normal(size=count).tolist()
    points = store.scalars(logged(tmp_path, values), "loss")
    assert points.values.tolist() == values
    assert points.steps.tolist() == list(range(count))
    assert (np.diff(points.times) >= 0).all()
    assert points.cursor == len(points) == count


@pytest.mark.parametrize("since", [0, 1, 1023, 1024, 1025, 2499, 2500, 2501, 10**30])
def test_a_cursor_skips_the_points_that_are_known(tmp_path: Path, store: Store, since: int) -> None:
    points = store.scalars(logged(tmp_path, list(range(2500))), "loss", since)
    assert points.values.tolist() == list(range(since, 2500)) if since < 2500 else len(points) == 0
    assert points.cursor == 2500


def test_new_points_come_by_cursor_while_the_run_is_running(
    tmp_path: Path, store: Store, hasty: None, eventually: Eventually
) -> None:
    with runs.start("live", tmp_path) as run:
        cursor = 0
        for batch in (np.arange(0, 5), np.arange(5, 1500), np.arange(1500, 1510)):
            for step in batch.tolist():
                run.log({"loss": -step}, step)
            eventually(lambda wanted=batch[-1] + 1: len(store.scalars(run.id, "loss")) == wanted)
            points = store.scalars(run.id, "loss", cursor)
            np.testing.assert_array_equal(points.steps, batch)
            cursor = points.cursor
        assert store.run(run.id).state == "running"


def test_metrics_are_summed_up_of_their_finite_values(tmp_path: Path, store: Store) -> None:
    with runs.start("a run", tmp_path) as run:
        for step, value in enumerate([nan, 3, -inf, 1, inf, 2, nan]):
            run.log({"loss": value, "void": nan}, step)
    loss, void = store.metrics(run.id).values()
    assert (loss.name, loss.count, loss.last_step, loss.last, loss.least, loss.greatest) == (
        *("loss", 7, 6),
        *(2, 1, 3),
    )
    assert (void.name, void.count, void.last, void.least, void.greatest) == ("void", 7, None, None, None)


def test_values_that_are_not_finite_are_stored_as_they_are(tmp_path: Path, store: Store) -> None:
    values = [nan, inf, -inf, 0.0, 5e-324]
    np.testing.assert_array_equal(store.scalars(logged(tmp_path, values), "loss").values, values)


def test_a_metric_that_a_run_has_not_has_no_points(tmp_path: Path, store: Store) -> None:
    run_id = logged(tmp_path, [1])
    for points in (store.scalars(run_id, "accuracy"), store.downsampled(run_id, "accuracy", 10)):
        assert (len(points), points.cursor, points.steps.dtype) == (0, 0, np.int64)


def test_steps_choose_what_is_downsampled(tmp_path: Path, store: Store) -> None:
    run_id = logged(tmp_path, list(range(5000)))
    assert store.downsampled(run_id, "loss", 5000).steps.tolist() == list(range(5000))
    assert store.downsampled(run_id, "loss", 100, low=2040, high=2050).steps.tolist() == list(
        range(2040, 2051)
    )
    assert store.downsampled(run_id, "loss", 100, low=-(10**30), high=-1).steps.tolist() == []
    assert store.downsampled(run_id, "loss", 100, since=4997, high=inf).steps.tolist() == [4997, 4998, 4999]
    few = store.downsampled(run_id, "loss", 100)
    assert len(few) <= 100
    assert few.cursor == 5000


def test_a_downsampled_curve_is_in_order_of_step(tmp_path: Path, store: Store) -> None:
    with runs.start("a run", tmp_path) as run:
        for step in (3, 1, 2, 1):
            run.log({"loss": step}, step)
    assert store.scalars(run.id, "loss").steps.tolist() == [3, 1, 2, 1]
    assert store.downsampled(run.id, "loss", 10).steps.tolist() == [1, 1, 2, 3]


def test_a_curve_of_fewer_points_than_it_needs_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="count: expected at least 5 points, got 4"):
        store.downsampled("any", "loss", 4)


def test_pictures_are_files_beside_the_store(tmp_path: Path, store: Store) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    with runs.start("a run", tmp_path) as run:
        run.image("samples", np.zeros_like(pixels), step=10)
        run.image("../Worst mistakes", pixels, step=20)
        run.image("samples", pixels, step=10)
    worst, samples = store.images(run.id)
    assert (worst.name, worst.step) == ("../Worst mistakes", 20)
    assert samples.path == Path("images", run.id, "samples.10.png")
    assert worst.path.parent == samples.path.parent
    for image in (worst, samples):
        np.testing.assert_array_equal(read(tmp_path / image.path), pixels)
    assert len(list((tmp_path / samples.path.parent).iterdir())) == 2


def test_names_of_pictures_that_are_written_alike_are_kept_apart(tmp_path: Path, store: Store) -> None:
    names = ["a b", "a/b", "A b", "a-b", "", "ü", "a-b" * 100, "a-b" * 101]
    with runs.start("a run", tmp_path) as run:
        for value, name in enumerate(names):
            run.image(name, np.full((1, 1, 3), value, np.uint8), step=-1)
    found = {image.name: int(read(tmp_path / image.path)[0, 0, 0]) for image in store.images(run.id)}
    assert found == {name: value for value, name in enumerate(names)}


def test_a_store_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    with open_store(tmp_path / "later") as store:
        assert store.runs() == []
        with pytest.raises(RunsError, match="later: holds no run 'x'; it holds none at all"):
            store.run("x")
        run_id = logged(tmp_path / "later", [1])
        assert [run.id for run in store.runs()] == [run_id]
    assert [path.name for path in tmp_path.iterdir()] == ["later"]


def test_a_store_that_is_replaced_is_read_anew(tmp_path: Path, store: Store) -> None:
    logged(tmp_path, [1], "old")
    assert [run.name for run in store.runs()] == ["old"]
    for file in tmp_path.iterdir():
        file.unlink()
    logged(tmp_path, [1], "new")
    assert [run.name for run in store.runs()] == ["new"]


def test_threads_may_share_a_store(tmp_path: Path, store: Store) -> None:
    run_id = logged(tmp_path, list(range(3000)))
    with ThreadPoolExecutor(8) as threads:
        lengths = threads.map(lambda since: len(store.scalars(run_id, "loss", since)), range(0, 3000, 30))
        assert list(lengths) == list(range(3000, 0, -30))


def test_runs_come_newest_first(tmp_path: Path, store: Store) -> None:
    logged(tmp_path, [], "first")
    logged(tmp_path, [], "second")
    found = store.runs()
    assert [run.name for run in found] == ["second", "first"]
    assert len({run.id for run in found}) == 2


def test_a_run_answers_to_its_id_its_name_and_the_beginning_of_its_id(tmp_path: Path, store: Store) -> None:
    run_id = logged(tmp_path, [7], "level3")
    for wanted in (run_id, "level3", run_id[:6]):
        assert store.run(wanted).id == run_id
        assert store.scalars(wanted, "loss").values.tolist() == [7]
        assert list(store.metrics(wanted)) == ["loss"]


def test_an_unknown_run_is_told_the_nearest(tmp_path: Path, store: Store) -> None:
    logged(tmp_path, [], "level3")
    for ask in (store.run, store.metrics, store.images, store.delete, lambda id: store.scalars(id, "loss")):
        with pytest.raises(RunsError, match="holds no run 'lvel3'; the nearest is 'level3'"):
            ask("lvel3")
    for odd in ("", "\udcff", "%", "_"):
        with pytest.raises(RunsError, match="holds no run"):
            store.run(odd)


def test_a_name_of_several_runs_names_none(tmp_path: Path, store: Store) -> None:
    first, second = logged(tmp_path, [], "same"), logged(tmp_path, [], "same")
    with pytest.raises(RunsError, match=rf"'same' may be any of 2 runs \({first}, {second}\); give the id"):
        store.run("same")


def test_a_deleted_run_leaves_nothing(tmp_path: Path, store: Store) -> None:
    with runs.start("gone", tmp_path) as run:
        run.log({"loss": 1}, 1)
        run.image("samples", np.zeros((1, 1, 3), np.uint8), 1)
    kept = logged(tmp_path, [2], "kept")
    store.delete("gone")
    assert [each.id for each in store.runs()] == [kept]
    assert store.scalars(kept, "loss").values.tolist() == [2]
    assert list((tmp_path / "images").iterdir()) == []
    with sqlite3.connect(tmp_path / "runs.sqlite") as connection:
        for table in ("metrics", "chunks", "images"):
            rows = connection.execute(f"SELECT * FROM {table} WHERE run = ?", (run.id,)).fetchall()
            assert rows == []
    connection.close()


def test_a_running_run_is_not_deleted(tmp_path: Path, store: Store) -> None:
    with runs.start("busy", tmp_path) as run:
        with pytest.raises(
            RunsError, match=rf"{run.id}: is running \(process {os.getpid()} on .*before it is"
        ):
            store.delete(run.id)
        run.log({"loss": 1}, 1)
    assert len(store.scalars(run.id, "loss")) == 1


def test_a_forged_id_deletes_no_other_folder(tmp_path: Path) -> None:
    folder, treasure = tmp_path / "runs", tmp_path / "treasure"
    run_id = logged(folder, [])
    treasure.mkdir()
    with sqlite3.connect(folder / "runs.sqlite") as connection:
        connection.execute("UPDATE runs SET id = '../../treasure' WHERE id = ?", (run_id,))
    connection.close()
    with open_store(folder) as store, pytest.raises(RunsError, match="is no id of a run"):
        store.delete("../../treasure")
    assert treasure.is_dir()
