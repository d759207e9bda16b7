import numpy as np
import pytest
import torch

from smilecascade.train.finetune.levels import averaged, lowered, within_reach


def test_weights_are_taken_a_share_of_the_way() -> None:
    start = {"weight": torch.tensor([0.0, 2.0]), "count": torch.tensor(3)}
    end = {"weight": torch.tensor([1.0, 0.0]), "count": torch.tensor(9)}
    assert averaged(start, end, 0.25)["weight"].tolist() == [0.25, 1.5]
    assert averaged(start, end, 0)["weight"].tolist() == [0, 2]
    assert averaged(start, end, 1)["weight"].tolist() == [1, 0]
    assert averaged(start, end, 0.25)["count"] == 3


@pytest.mark.parametrize(
    ("scores", "threshold"),
    [
        ([], 0.6),
        ([0.9] * 200, 0.6),
        ([0.9] * 20 + [0.1] * 2, 0.6),
        ([0.9] * 20 + [0.5, 0.4, 0.3], 0.5),
        ([0.9] * 496 + [0.5] * 5, 0.6),
        ([0.9] * 494 + [0.5, 0.4, 0.3, 0.3, 0.2, 0.1], 0.5),
        ([0.9] * 90 + [0.1] * 10, 0.2),
    ],
    ids=[
        "no faces",
        "none lost",
        "two of a few lost",
        "three of a few lost",
        "one in a hundred lost",
        "one more lost",
        "lost beyond reach",
    ],
)
def test_a_threshold_is_lowered_where_it_loses_faces(scores: list[float], threshold: float) -> None:
    assert lowered(0.6, np.array(scores, np.float32)) == pytest.approx(threshold)


@pytest.mark.parametrize(("chosen", "threshold"), [(0.7, 0.7), (0.001, 0.4), (1.0, 0.9)])
def test_the_last_threshold_stays_within_reach(chosen: float, threshold: float) -> None:
    assert within_reach(chosen, 0.8) == pytest.approx(threshold)
