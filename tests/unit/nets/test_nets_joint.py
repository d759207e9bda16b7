import pytest
import torch
from torch import nn

from smilecascade.nets import NETS, Joint, entry

JOINT = [name for name in NETS if isinstance(entry(name).build(), Joint)]


@pytest.mark.parametrize("name", JOINT)
def test_a_joint_net_classifies_and_calibrates_and_no_more(name: str) -> None:
    window = entry(name).window
    outputs = entry(name).build()(torch.rand(3, 3, window, window))
    assert outputs.face is not None
    assert outputs.face.shape == (3, 1, 1, 1)
    assert outputs.displacement is not None
    assert outputs.displacement.shape == (3, 45, 1, 1)
    assert outputs.points is None


def test_the_heads_are_as_asked() -> None:
    net = Joint(nn.Conv2d(3, 4, 5), features=4, displacement=3)
    outputs = net(torch.rand(2, 3, 6, 7))
    assert [None if head is None else tuple(head.shape) for head in outputs] == [
        (2, 1, 2, 3),
        (2, 3, 2, 3),
        None,
        None,
    ]
