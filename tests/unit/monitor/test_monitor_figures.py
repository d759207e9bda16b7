import pytest

from smilecascade.monitor.epochs import epoch_steps
from smilecascade.monitor.figures import better


@pytest.mark.parametrize(
    "name", ["loss", "val_error", "val/loss", "false_alarms", "points-RMSE", "recall_error"]
)
def test_of_errors_the_least_is_best(name: str) -> None:
    assert better(name) == "lower"


@pytest.mark.parametrize("name", ["recall", "val_accuracy", "AP", "val/iou", "error_recall"])
def test_of_shares_found_the_greatest_is_best(name: str) -> None:
    assert better(name) == "higher"


@pytest.mark.parametrize("name", ["learning_rate", "steps", "", "glossy"])
def test_other_names_do_not_tell(name: str) -> None:
    assert better(name) is None


@pytest.mark.parametrize(
    ("config", "steps"),
    [
        ({"steps_per_epoch": 500}, 500),
        ({"train": {"data": {"epoch_steps": 12.5}}}, 12.5),
        ({"epoch_steps": None, "train": {"steps_per_epoch": 7}}, 7),
        ({"steps_per_epoch": 0}, None),
        ({"steps_per_epoch": -3}, None),
        ({"steps_per_epoch": "many"}, None),
        ({"steps_per_epoch": float("inf")}, None),
        ({"steps_per_epoch": True}, None),
        ({"my_steps_per_epoch": 5}, None),
        ({}, None),
    ],
)
def test_the_length_of_an_epoch_is_read_from_the_config(config: dict, steps: float | None) -> None:
    assert epoch_steps(config) == steps
