import pytest
import torch
from torch import nn

from smilecascade.nets import NETS, Joint, entry

JOINT = [name for name in NETS if isinstance(entry(name).build(), Joint)]


@pytest.mark.parametrize("name", JOINT)
def test_a_joint_net_classifies_and_calibrates(name: str) -> None:
    window = entry(name).window
    outputs = entry(name).build()(torch.rand(3, 3, window, window))
    assert outputs.face is not None
    assert outputs.face.shape == (3, 1, 1, 1)
    assert outputs.displacement is not None
    assert outputs.displacement.shape == (3, 45, 1, 1)


@pytest.mark.parametrize("name", JOINT)
def test_level_3_alone_names_points(name: str) -> None:
    window = entry(name).window
    points = entry(name).build()(torch.rand(3, 3, window, window)).points
    assert (None if points is None else tuple(points.shape)) == ((3, 10, 1, 1) if window == 48 else None)


def test_the_heads_are_as_asked() -> None:
    net = Joint(nn.Conv2d(3, 4, 5), features=4, displacement=3, points=True)
    outputs = net(torch.rand(2, 3, 6, 7))
    assert [tuple(head.shape) for head in outputs] == [(2, 1, 2, 3), (2, 3, 2, 3), (2, 10, 2, 3)]


@pytest.mark.parametrize(("name", "millions"), [("joint-24", 0.5), ("joint-48", 5)])
def test_the_shipped_nets_cost_what_they_say(name: str, millions: float) -> None:
    """Multiplications of one window, counted in the running net."""
    counts: list[int] = []

    def count(layer: nn.Module, _: object, output: torch.Tensor) -> None:
        counts.append(layer.weight[0].numel() * output[0].numel())  # type: ignore[operator,index,union-attr]

    net = entry(name).build().eval()
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(count)
    with torch.inference_mode():
        net(torch.rand(1, 3, entry(name).window, entry(name).window))
    assert sum(counts) / 1e6 == pytest.approx(millions, rel=0.05)


@pytest.mark.parametrize("name", JOINT)
def test_widths_fill_the_processor_s_vectors(name: str) -> None:
    widths = [layer.out_channels for layer in entry(name).build().trunk if isinstance(layer, nn.Conv2d)]
    assert [width % 16 for width in widths] == [0] * len(widths)
