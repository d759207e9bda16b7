"""What holds for the nets that ship: what they cost."""

import pytest
import torch
from torch import nn

from smilecascade.nets import NETS, Aligner, Joint, entry

SHIPPED = [name for name in NETS if isinstance(entry(name).build(), Joint | Aligner)]


@pytest.mark.parametrize(("name", "millions"), [("joint-24", 0.5), ("joint-48", 3.7), ("align-48", 2.4)])
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


@pytest.mark.parametrize("name", SHIPPED)
def test_widths_fill_the_processor_s_vectors(name: str) -> None:
    widths = [layer.out_channels for layer in entry(name).build().trunk if isinstance(layer, nn.Conv2d)]
    assert [width % 16 for width in widths] == [0] * len(widths)
