"""What holds for every net of the registry."""

import pytest
import torch
from torch import Tensor, nn

from smilecascade.errors import SpecError
from smilecascade.nets import NETS, Net, Outputs, entry
from smilecascade.nets.layers import conv


def noise(*shape: int) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(0)) * 2 - 1


def said_of(net: Net, pixels: Tensor) -> list[Tensor]:
    """What the heads that the net has say."""
    with torch.inference_mode():
        return [head for head in net.eval()(pixels) if head is not None]


def pads(name: str) -> bool:
    return any(
        isinstance(layer, nn.Conv2d) and layer.padding != (0, 0) for layer in entry(name).build().modules()
    )


def test_a_net_answers_at_least_one_question(name: str) -> None:
    outputs = entry(name).build()(noise(2, 3, entry(name).window, entry(name).window))
    assert isinstance(outputs, Outputs)
    assert any(head is not None for head in outputs)


def test_a_window_has_one_position(name: str) -> None:
    window = entry(name).window
    for head in said_of(entry(name).build(), noise(3, 3, window, window)):
        assert (len(head), *head.shape[2:]) == (3, 1, 1)


@pytest.mark.parametrize("name", [name for name in NETS if entry(name).slides])
def test_a_picture_has_a_position_every_stride(name: str) -> None:
    window, stride = entry(name).window, entry(name).stride
    net = entry(name).build()
    for rows, columns in ((1, 2), (3, 2)):
        height, width = window + (rows - 1) * stride, window + (columns - 1) * stride
        for head in said_of(net, noise(1, 3, height, width)):
            assert head.shape[2:] == (rows, columns)


@pytest.mark.parametrize("name", [name for name in NETS if entry(name).slides and not pads(name)])
def test_sliding_judges_each_window_as_if_it_were_alone(name: str) -> None:
    """Nets that pad never slide when they are used."""
    net, window, stride = entry(name).build(), entry(name).window, entry(name).stride
    picture = noise(1, 3, window + 2 * stride, window + stride)
    corners = [(row * stride, column * stride) for row in range(3) for column in range(2)]
    windows = torch.cat([picture[:, :, y : y + window, x : x + window] for y, x in corners])
    for slid, alone in zip(said_of(net, picture), said_of(net, windows), strict=True):
        torch.testing.assert_close(slid[0].flatten(1).T, alone.flatten(1))


def test_level_1_never_pads() -> None:
    """It slides, and a padded window would be judged otherwise within a picture."""
    assert not any(pads(name) for name in NETS if entry(name).window == 12)


def test_the_last_layer_is_linear(name: str) -> None:
    *_, last = entry(name).build().modules()
    assert isinstance(last, nn.Conv2d)


def test_a_net_learns_from_every_weight(name: str) -> None:
    net, window = entry(name).build(), entry(name).window
    heads = [head for head in net(noise(4, 3, window, window)) if head is not None]
    sum(head.square().sum() for head in heads).backward()
    for key, weight in net.named_parameters():
        assert weight.grad is not None, key
        assert weight.grad.abs().sum() > 0, key


def test_the_weights_come_from_the_seed(name: str) -> None:
    def built(seed: int) -> Tensor:
        torch.manual_seed(seed)
        return next(entry(name).build().parameters())

    assert torch.equal(built(1), built(1))
    assert not torch.equal(built(1), built(2))


def test_every_name_builds_anew(name: str) -> None:
    assert entry(name).build() is not entry(name).build()


def test_an_unknown_net_names_the_nearest() -> None:
    with pytest.raises(
        SpecError, match=r"net: no 'joint12' in the registry; the nearest is 'joint-12', all: joint-12, "
    ):
        entry("joint12")


def test_a_convolution_is_normalised_and_rectified() -> None:
    layers = conv(3, 8, 5, stride=2, padding=1)
    assert [type(layer) for layer in layers] == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU]
    assert layers[0].bias is None
    assert nn.Sequential(*layers)(torch.rand(2, 3, 9, 9)).shape == (2, 8, 4, 4)
