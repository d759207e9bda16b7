from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from smilecascade import runs
from smilecascade.errors import SpecError
from smilecascade.nets.classify import li_12
from smilecascade.runs import Store, open_store
from smilecascade.train.experiments.curves import Curves, gathered
from smilecascade.train.experiments.plan import Variant
from smilecascade.train.experiments.trainings import STEP_MS, Training
from smilecascade.train.record import RUN

NAN = float("nan")

Record = Callable[..., Training]


def test_the_final_error_is_that_of_the_last_quarter(make_curves: Callable[..., Curves]) -> None:
    curves = make_curves([[9, 9, 9, 9, 9, 9, 3, 1], [9, 9, 9, 9, 9, 9, 0, 0]])
    assert curves.final().tolist() == [2, 0]


def test_unrest_and_spike_are_of_the_later_part(make_curves: Callable[..., Curves]) -> None:
    curves = make_curves([[0, 9, 2, 5, 3, 4, 2, 2]])
    assert curves.spike().tolist() == [3]  # from 2 to 5; that from 0 to 9 is early
    assert curves.unrest().tolist() == [1]  # 1, 2, 0 in the last half


def test_errors_that_only_fall_have_no_spike(make_curves: Callable[..., Curves]) -> None:
    assert make_curves([[4, 3, 2, 1]]).spike().tolist() == [0]


def test_one_validation_has_no_unrest(make_curves: Callable[..., Curves]) -> None:
    curves = make_curves([[3], [NAN]])
    for figure in (curves.spike, curves.unrest):
        np.testing.assert_array_equal(figure(), [0, NAN])


def test_what_has_diverged_has_no_figures(make_curves: Callable[..., Curves]) -> None:
    curves = make_curves([[4, 3, NAN, NAN], [4, 3, 2, 1]], [[2, NAN, NAN, NAN], [2, 1, 1, 1]])
    for figure in (curves.final, curves.spike, curves.unrest, curves.nearly):
        assert np.isnan(figure()).tolist() == [True, False]


def test_nearly_there_is_where_the_averaged_loss_has_come_nine_tenths_of_its_way(
    make_curves: Callable[..., Curves],
) -> None:
    falls = [*[1.0] * 5, *[0.05] * 40, *[0.0] * 40]
    rises = [0.5, *[0.6] * 84]
    reached = make_curves([[0], [0]], [falls, rises]).nearly()
    # Of steps 5 to 24 one is high: the first twenty whose mean is below a tenth.
    np.testing.assert_array_equal(reached, [24, NAN])


def test_a_loss_of_few_steps_is_averaged_over_them_all(make_curves: Callable[..., Curves]) -> None:
    assert make_curves([[0]], [[3.0, 0.0, 0.0]]).nearly().tolist() == [3]


@pytest.fixture
def record(tmp_path: Path, plain: Variant) -> Record:
    """A training of this seed that recorded these losses, of every step, and these errors."""

    def made(seed: int, losses: Sequence[float], errors: Sequence[float]) -> Training:
        folder = tmp_path / f"seed{seed}"
        folder.mkdir()
        with runs.start("plain", tmp_path / "runs", seed=seed) as run:
            for step, loss in enumerate(losses, start=1):
                run.log({"loss": loss}, step)
            for number, error in enumerate(errors, start=1):
                run.log({"val_error": error, STEP_MS: 10.0 * number * seed}, 2 * number)
        (folder / RUN).write_text(run.id)
        return Training(variant=plain, train=replace(plain.train, seed=seed), folder=folder)

    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "runs") as store:
        yield store


def test_the_curves_of_all_seeds_are_gathered(record: Record, store: Store) -> None:
    losses, errors = np.linspace(1, 0, 8), [0.4, 0.3, 0.2, 0.1]
    every = [record(seed, losses * seed, [error * seed for error in errors]) for seed in (1, 2)]
    curves = gathered(store, every, "val_error")
    assert curves.variant.name == "plain"
    assert curves.steps.tolist() == [2, 4, 6, 8]
    np.testing.assert_allclose(curves.errors, [errors, np.multiply(errors, 2)])
    np.testing.assert_allclose(curves.losses, [losses, losses * 2])
    assert curves.step_ms.tolist() == [25, 50]
    assert curves.weights == sum(weight.numel() for weight in li_12().parameters())


def test_steps_that_are_no_multiple_end_with_a_validation(record: Record, store: Store) -> None:
    training = record(1, [1.0] * 8, [0.1, 0.2, 0.3, 0.4])
    short = replace(training, train=replace(training.train, validate_every=3))
    with pytest.raises(SpecError, match="has val_error of 4 steps instead of 3"):
        gathered(store, [short], "val_error")


@pytest.mark.parametrize("lost", [NAN, float("inf")])
def test_from_where_its_loss_is_no_number_a_net_has_diverged(
    record: Record, store: Store, lost: float
) -> None:
    every = [
        record(1, [1, 1, 1, 1, lost, lost, lost, lost], [0.4, 0.3, 0.5, 0.5]),
        record(2, [1] * 8, [0.4, 0.3, 0.2, lost]),
    ]
    curves = gathered(store, every, "val_error")
    assert np.isnan(curves.errors).tolist() == [[False, False, True, True], [False, False, False, True]]
    assert np.isnan(curves.losses).sum(1).tolist() == [4, 0]


def test_runs_that_lie_elsewhere_are_missed(record: Record, tmp_path: Path) -> None:
    training = record(1, [1] * 8, [0.1] * 4)
    with (
        open_store(tmp_path / "others") as store,
        pytest.raises(
            SpecError, match=r"seed1: its figures are not in the folder of runs .*; give --runs the"
        ),
    ):
        gathered(store, [training], "val_error")


@pytest.mark.parametrize(("losses", "errors"), [(8, 3), (5, 4)])
def test_half_of_a_record_is_told(record: Record, store: Store, losses: int, errors: int) -> None:
    every = [record(1, [1] * 8, [0.1] * 4), record(2, [1] * losses, [0.1] * errors)]
    with pytest.raises(SpecError, match=r"seed2: its run .* delete the folder, and --resume trains it anew"):
        gathered(store, every, "val_error")


def test_a_training_without_the_name_of_its_run_is_told(record: Record, store: Store) -> None:
    training = record(1, [1] * 8, [0.1] * 4)
    (training.folder / RUN).unlink()
    with pytest.raises(SpecError, match="seed1: it is not recorded which run it is; delete the folder"):
        gathered(store, [training], "val_error")
