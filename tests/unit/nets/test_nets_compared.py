"""The nets that only experiments have are what their names and the article say."""

import pytest
import torch
from torch import Tensor, nn

from smilecascade.nets import DROPOUTS, TABLES, entry


def multiplications(name: str) -> int:
    """Of one window, in the convolutions."""
    total = 0

    def count(layer: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        nonlocal total
        total += layer.weight.numel() * output.shape[2] * output.shape[3]

    net, window = entry(name).build().eval(), entry(name).window
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(count)
    net(torch.zeros(1, 3, window, window))
    return total


def kinds(name: str, kind: type[nn.Module]) -> list[nn.Module]:
    return [layer for layer in entry(name).build().modules() if isinstance(layer, kind)]


def test_the_plain_net_is_as_dear_as_the_one_of_several_resolutions() -> None:
    assert multiplications("wide-24") == pytest.approx(multiplications("multi-24"), rel=0.02)


def test_the_enlarged_net_is_twice_as_dear() -> None:
    assert multiplications("large-48") == pytest.approx(2 * multiplications("li-48"), rel=0.05)


@pytest.mark.parametrize(
    ("name", "million"),
    [("article-64-inceptron", 244.7), ("inceptron-4", 247.3), ("inceptron-3-pooled", 267.3)],
)
def test_an_inceptron_costs_a_quarter_of_a_billion(name: str, million: float) -> None:
    assert multiplications(name) / 1e6 == pytest.approx(million, abs=0.1)


def test_several_resolutions_are_means_of_the_same_window() -> None:
    """Fine detail changes the first of the three maps alone; a change of the whole window all of them."""
    net, seen = entry("multi-24").build().eval(), []
    for branch in (net.at_24, net.at_12, net.at_6):
        branch.register_forward_hook(lambda layer, inputs, output: seen.append(output))
    flat = torch.zeros(1, 3, 24, 24)
    checks = (torch.arange(24)[:, None] + torch.arange(24)) % 2 * 2.0 - 1
    for window in (flat, flat + checks, flat + 0.5):
        net(window)
    apart = [[not torch.allclose(seen[k], seen[3 * n + k]) for k in range(3)] for n in (1, 2)]
    assert apart == [[True, False, False], [True, True, True]]


@pytest.mark.parametrize("dropout", DROPOUTS)
@pytest.mark.parametrize(("ending", "normalisations"), [("", 2), ("-plain", 0)])
def test_the_middle_net_is_as_its_name_says(dropout: int, ending: str, normalisations: int) -> None:
    name = f"middle-24-drop{dropout}{ending}"
    assert [layer.p for layer in kinds(name, nn.Dropout)] == [0.1, dropout / 100, dropout / 100]
    assert len(kinds(name, nn.BatchNorm2d)) == normalisations
    assert multiplications(name) == multiplications("li-24")


@pytest.mark.parametrize("classes", TABLES)
@pytest.mark.parametrize("net", ["article-12-cal", "li-24-cal"])
def test_a_calibrator_of_other_classes_differs_in_its_last_layer_alone(net: str, classes: int) -> None:
    shapes = [
        [tuple(weight.shape) for weight in entry(name).build().parameters()]
        for name in (net, f"{net}-{classes}")
    ]
    assert shapes[0][:-2] == shapes[1][:-2]
    assert [shape[0] for shape in shapes[1][-2:]] == [classes, classes]


# Maps after each module, channels and side, and how many branches its modules have.
@pytest.mark.parametrize(
    ("name", "maps", "branches", "normalised"),
    [
        ("article-64-inceptron", [(112, 32), (208, 16), (224, 8)], 3, False),
        ("inceptron-3-norm", [(112, 32), (208, 16), (224, 8)], 3, True),
        ("inceptron-4", [(112, 32), (208, 16), (224, 8), (224, 4)], 3, False),
        ("inceptron-4-norm", [(112, 32), (208, 16), (224, 8), (224, 4)], 3, True),
        ("inceptron-3-pooled", [(144, 32), (272, 16), (288, 8)], 4, False),
    ],
)
def test_the_modules_of_an_inceptron(
    name: str, maps: list[tuple[int, int]], branches: int, normalised: bool
) -> None:
    modules = kinds(name, type(entry(name).build().layers[1]))
    window, shapes = torch.zeros(1, 3, 64, 64), []
    for module in modules:
        window = module.eval()(window)
        shapes.append((window.shape[1], window.shape[2]))
        assert len(module.branches) == branches
    assert shapes == maps
    assert bool(kinds(name, nn.BatchNorm2d)) is normalised
