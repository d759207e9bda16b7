from pathlib import Path

import numpy as np
import pytest

from smilecascade.errors import RunsError
from smilecascade.runs import RunInfo, Store, open_store
from smilecascade.train.record import recorded

GREY = np.full((2, 2, 3), 128, np.uint8)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of the training: it is made by whoever is the first to write into it."""
    return tmp_path / "work" / "level1"


def told(root: Path | None, folder: Path, step: int | None = None, steps: int = 5) -> None:
    """A training from ``step`` to ``steps`` that tells its loss."""
    with recorded("level1", root, folder, step, config={"net": "joint-12"}, seed=3, data="6f1c") as record:
        for now in range((step or 0) + 1, steps + 1):
            record.log({"loss": 1 / now}, now)
        record.image("samples", GREY, steps)


def the_run(store: Store) -> RunInfo:
    (run,) = store.runs()
    return run


def test_a_training_is_a_run(root: Path, folder: Path) -> None:
    told(root, folder)
    store = open_store(root)
    run = the_run(store)
    assert (run.name, run.state, run.generation) == ("level1", "finished", 0)
    assert (run.config, run.seed, run.data) == ({"net": "joint-12"}, 3, "6f1c")
    assert store.scalars(run.id, "loss").steps.tolist() == [1, 2, 3, 4, 5]
    assert [(image.name, image.step) for image in store.images(run.id)] == [("samples", 5)]


@pytest.mark.parametrize(("step", "kept"), [(3, 3), (5, 5), (None, 0)], ids=["mid-way", "ended", "unsaved"])
def test_it_goes_on_in_its_run(root: Path, folder: Path, step: int | None, kept: int) -> None:
    told(root, folder)
    store = open_store(root)
    first, before = the_run(store), store.scalars("level1", "loss")
    told(root, folder, step, steps=8)
    again, after = the_run(store), store.scalars("level1", "loss")
    assert (again.id, again.state, again.generation) == (first.id, "finished", 1)
    assert after.steps.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    np.testing.assert_array_equal(after.times[:kept], before.times[:kept])
    assert (after.times[kept:] > before.times[-1]).all()


def test_after_its_run_was_deleted_it_begins_another(root: Path, folder: Path) -> None:
    told(root, folder)
    store = open_store(root)
    deleted = the_run(store).id
    store.delete(deleted)
    told(root, folder, 5, steps=7)
    anew = the_run(store)
    assert (anew.id != deleted, anew.generation) == (True, 0)
    assert store.scalars(anew.id, "loss").steps.tolist() == [6, 7]
    told(root, folder, 7, steps=8)
    assert (the_run(store).id, the_run(store).generation) == (anew.id, 1)


def test_in_another_folder_of_runs_it_begins_another(root: Path, folder: Path, tmp_path: Path) -> None:
    told(root, folder)
    told(tmp_path / "others", folder, 5, steps=7)
    assert the_run(open_store(root)).generation == 0
    other = open_store(tmp_path / "others")
    assert the_run(other).generation == 0
    assert other.scalars("level1", "loss").steps.tolist() == [6, 7]


def test_trainings_in_other_folders_are_other_runs(root: Path, folder: Path) -> None:
    told(root, folder)
    told(root, folder.with_name("again"))
    assert [run.generation for run in open_store(root).runs()] == [0, 0]


def test_without_a_folder_of_runs_nothing_is_kept(root: Path, folder: Path, tmp_path: Path) -> None:
    told(None, folder)
    assert list(tmp_path.iterdir()) == []
    told(root, folder)
    told(None, folder, 5, steps=7)
    assert the_run(open_store(root)).generation == 0


def stopped_by(error: BaseException, root: Path, folder: Path) -> None:
    with recorded("level1", root, folder, None) as record:
        record.log({"loss": 0.5}, 1)
        raise error


@pytest.mark.parametrize("error", [ValueError("no faces"), KeyboardInterrupt()])
def test_an_error_is_the_end_of_its_run(root: Path, folder: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        stopped_by(error, root, folder)
    store = open_store(root)
    run = the_run(store)
    assert run.state == "failed"
    assert run.error is not None
    assert run.error.startswith(type(error).__name__)
    assert store.scalars(run.id, "loss").values.tolist() == [0.5]
    told(root, folder, 1)
    assert (the_run(store).id, the_run(store).state, the_run(store).error) == (run.id, "finished", None)


def test_a_training_that_runs_is_not_run_twice(root: Path, folder: Path) -> None:
    with recorded("level1", root, folder, None) as record:
        with pytest.raises(RunsError, match=r"is running .* wait for its end, or end it"):
            told(root, folder)
        record.log({"loss": 0.5}, 1)
    store = open_store(root)
    assert (the_run(store).state, the_run(store).generation) == ("finished", 0)
    assert store.scalars("level1", "loss").values.tolist() == [0.5]
