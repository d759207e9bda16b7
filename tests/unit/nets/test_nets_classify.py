from collections.abc import Callable

import pytest
import torch
from torch import nn

from smilecascade.errors import SpecError
from smilecascade.nets import NETS, entry
from smilecascade.nets.layers import conv

pytestmark = pytest.mark.usefixtures("quiet_torch")


@pytest.fixture(params=NETS)
def name(request: pytest.FixtureRequest) -> str:
    """Each net of the registry in turn."""
    return str(request.param)


def scores_of(net: nn.Module, *shape: int) -> torch.Tensor:
    with torch.inference_mode():
        return net(torch.rand(*shape, generator=torch.Generator().manual_seed(0)) * 2 - 1)


def test_a_window_gets_one_pair_of_logits(name: str) -> None:
    window = entry(name).window
    assert scores_of(entry(name).build().eval(), 3, 3, window, window).shape == (3, 2, 1, 1)


def test_a_picture_gets_a_pair_every_stride(name: str) -> None:
    window, stride = entry(name).window, entry(name).stride
    net = entry(name).build().eval()
    for rows, columns in ((1, 2), (3, 2)):
        height, width = window + (rows - 1) * stride, window + (columns - 1) * stride
        assert scores_of(net, 1, 3, height, width).shape == (1, 2, rows, columns)


@pytest.mark.parametrize("name", [name for name in NETS if entry(name).window == 12])
def test_sliding_judges_each_window_as_if_it_were_alone(name: str) -> None:
    """Only for nets of level 1: the others pad, and never slide when they are used."""
    net, window, stride = entry(name).build().eval(), entry(name).window, entry(name).stride
    picture = torch.rand(1, 3, window + 3 * stride, window + 2 * stride)
    with torch.inference_mode():
        slid = net(picture)[0]
        for row in range(4):
            for column in range(3):
                top, left = row * stride, column * stride
                alone = net(picture[:, :, top : top + window, left : left + window])
                torch.testing.assert_close(slid[:, row, column], alone.flatten())


def test_the_last_layer_is_linear(name: str) -> None:
    assert isinstance(entry(name).build()[-1], nn.Conv2d)


def test_a_net_learns_from_every_weight(name: str) -> None:
    net = entry(name).build()
    window = entry(name).window
    net(torch.rand(4, 3, window, window)).square().sum().backward()
    for key, weight in net.named_parameters():
        assert weight.grad is not None, key
        assert weight.grad.abs().sum() > 0, key


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        # (inputs, outputs, kernel) of each layer, dense layers as large as what the pooling leaves.
        ("li-12", [(3, 16, 3), (16, 16, 4)]),  # 12 → 10 → pool 4
        ("li-24", [(3, 64, 5), (64, 128, 9)]),  # 24 → 20 → pool 9
        ("li-48", [(3, 64, 5), (64, 64, 5), (64, 256, 8)]),  # 48 → 44 → pool 21 → 17 → pool 8
    ],
)
def test_li_has_the_weights_of_its_table(name: str, layers: list[tuple[int, int, int]]) -> None:
    convolutions = sum(inputs * outputs * kernel**2 for inputs, outputs, kernel in layers)
    normalisations = sum(2 * outputs for _, outputs, _ in layers)
    last = layers[-1][1] * 2 + 2
    weights = sum(weight.numel() for weight in entry(name).build().parameters())
    assert weights == convolutions + normalisations + last


@pytest.mark.parametrize(("name", "weights"), [("li-12", 4626), ("li-24", 668_994), ("li-48", 1_157_058)])
def test_li_has_as_many_weights_as_counted_by_hand(name: str, weights: int) -> None:
    assert sum(weight.numel() for weight in entry(name).build().parameters()) == weights


@pytest.mark.parametrize(("name", "millions"), [("face-24", 1.2), ("face-48", 7)])
def test_the_shipped_nets_cost_what_they_say(name: str, millions: float) -> None:
    """Multiplications of one window, counted in the running net."""
    counts: list[int] = []

    def count(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        counts.append(layer.weight[0].numel() * output[0].numel())  # type: ignore[operator,index,union-attr]

    net = entry(name).build().eval()
    for layer in net:
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(count)
    scores_of(net, 1, 3, entry(name).window, entry(name).window)
    assert sum(counts) / 1e6 == pytest.approx(millions, rel=0.05)


def test_the_weights_come_from_the_seed(name: str) -> None:
    def built(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        return next(entry(name).build().parameters())

    assert torch.equal(built(1), built(1))
    assert not torch.equal(built(1), built(2))


def test_a_convolution_is_normalised_and_rectified() -> None:
    layers = conv(3, 8, 5, stride=2, padding=1)
    assert [type(layer) for layer in layers] == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]
    assert layers[0].bias is None
    assert nn.Sequential(*layers)(torch.rand(2, 3, 9, 9)).shape == (2, 8, 4, 4)


def test_an_unknown_net_names_the_nearest() -> None:
    with pytest.raises(
        SpecError, match=r"net: no 'face12' in the registry; the nearest is 'face-12', all: li-12, "
    ):
        entry("face12")


def test_every_name_builds_anew(name: str) -> None:
    build: Callable[[], nn.Sequential] = entry(name).build
    assert build() is not build()
