import pytest
import torch

from smilecascade.nets import NETS, Calibrator, entry

CALIBRATORS = [name for name in NETS if isinstance(entry(name).build(), Calibrator)]


@pytest.mark.parametrize("name", CALIBRATORS)
def test_a_calibrator_says_how_a_window_lies_and_no_more(name: str) -> None:
    window = entry(name).window
    outputs = entry(name).build()(torch.rand(3, 3, window, window))
    assert outputs.displacement is not None
    last = name.split("-")[-1]
    classes = {"cal": 45, "direct": 3}.get(last) or int(last)
    assert outputs.displacement.shape == (3, classes, 1, 1)
    assert outputs.face is None
    assert outputs.points is None


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        # (inputs, outputs, kernel) of each layer, dense layers as large as what the pooling leaves.
        ("article-12-cal", [(3, 16, 3), (16, 128, 4)]),  # 12 → 10 → pool 4
        ("li-24-cal", [(3, 32, 5), (32, 64, 9)]),  # 24 → 20 → pool 9
        ("article-48-cal", [(3, 64, 5), (64, 64, 5), (64, 256, 17)]),  # 48 → 44 → pool 21 → 17
    ],
)
def test_a_calibrator_has_the_weights_of_its_table(name: str, layers: list[tuple[int, int, int]]) -> None:
    convolutions = sum(inputs * outputs * kernel**2 for inputs, outputs, kernel in layers)
    normalisations = sum(2 * outputs for _, outputs, _ in layers)
    last = layers[-1][1] * 45 + 45
    weights = sum(weight.numel() for weight in entry(name).build().parameters())
    assert weights == convolutions + normalisations + last


@pytest.mark.parametrize("name", [name for name in CALIBRATORS if name.endswith("-cal")])
def test_the_direct_twin_differs_in_its_last_layer_alone(name: str) -> None:
    twins = [entry(twin).build().state_dict() for twin in (name, name.replace("-cal", "-direct"))]
    shapes = [[tuple(weight.shape) for weight in weights.values()] for weights in twins]
    assert shapes[0][:-2] == shapes[1][:-2]
    assert [shape[0] for shape in shapes[0][-2:]] == [45, 45]
    assert [shape[0] for shape in shapes[1][-2:]] == [3, 3]
