from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from smilecascade.bundle import Bundle
from smilecascade.errors import BundleError
from smilecascade.nets import NETS, Joint, NetEntry, entry
from smilecascade.specs import CascadeSpec, LevelSpec
from smilecascade.train.publish import exported
from smilecascade.train.restored import restored

JOINT = [name for name, known in NETS.items() if isinstance(known.build(), Joint)]


def settled(known: NetEntry) -> nn.Module:
    """A net whose normalisations have seen something, and have weights of their own."""
    torch.manual_seed(1)
    net = known.build()
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.running_mean)
            nn.init.uniform_(layer.running_var, 0.5, 2)
            nn.init.uniform_(layer.weight, 0.5, 2)
            nn.init.normal_(layer.bias)
    return net.eval()


def bundle_of(name: str, file: bytes) -> Bundle:
    level = LevelSpec(net=name, window=entry(name).window if name in NETS else 12, min_score=0.5)
    return Bundle(path=Path("mine"), spec=CascadeSpec(levels=(level,)), manifest={}, nets=(file,))


def file_of(name: str) -> bytes:
    window = entry(name).window
    return exported(settled(entry(name)), entry(name), np.zeros((0, window, window, 3), np.uint8))


@pytest.mark.parametrize("name", JOINT)
def test_every_net_that_ships_comes_back(name: str) -> None:
    net, known = settled(entry(name)), entry(name)
    again = known.build().eval()
    again.load_state_dict(restored(bundle_of(name, file_of(name)), 1))
    pixels = torch.rand(8, 3, known.window, known.window) * 2 - 1
    for wanted, found in zip(net(pixels), again(pixels), strict=True):
        if wanted is not None:
            torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)


def changed(file: bytes, operator: str) -> bytes:
    """The file without its last node of this kind: its inputs go straight on."""
    model = onnx.load_from_string(file)
    *_, node = (node for node in model.graph.node if node.op_type == operator)
    for other in model.graph.node:
        for place, name in enumerate(other.input):
            if name == node.output[0]:
                other.input[place] = node.input[0]
    model.graph.node.remove(node)
    return model.SerializeToString()


@pytest.mark.parametrize(
    ("name", "file", "message"),
    [
        ("joint-12", b"no net", r"is no ONNX file .*; fetch the bundle again"),
        ("li-12", b"", "li-12 has no heads that calibrate; give a bundle of joint nets"),
        ("face-12", b"", "no 'face-12' in the registry; .* trained by another version"),
        ("joint-12", "joint-24", r"expected 4 convolutions and 1 head, got 5 and 1"),
        ("joint-24", "joint-12-dense", r"expected 5 convolutions and 1 head, got 4 and 1"),
        ("joint-12", "joint-12-dense", r"expected weights of shape .*, got "),
    ],
)
def test_another_graph_is_refused(name: str, file: bytes | str, message: str) -> None:
    content = file_of(file) if isinstance(file, str) else file
    with pytest.raises(BundleError, match=rf"^mine/level1\.onnx: .*{message}"):
        restored(bundle_of(name, content), 1)


def test_layers_that_compute_something_else_are_refused() -> None:
    bundle = bundle_of("joint-12", changed(file_of("joint-12"), "Relu"))
    with pytest.raises(BundleError, match=r"another graph .*its layers in joint-12 differ by 0\.\d+"):
        restored(bundle, 1)


def test_a_convolution_without_bias_is_refused() -> None:
    model = onnx.load_from_string(file_of("joint-12"))
    next(node for node in model.graph.node if node.op_type == "Conv").input.pop()
    bundle = bundle_of("joint-12", model.SerializeToString())
    with pytest.raises(BundleError, match="has no weights and bias of its own"):
        restored(bundle, 1)


def test_the_level_that_is_meant_is_read() -> None:
    first = bundle_of("joint-12", file_of("joint-12"))
    levels = (*first.spec.levels, replace(first.spec.levels[0], net="joint-24", window=24))
    both = replace(first, spec=replace(first.spec, levels=levels), nets=(*first.nets, file_of("joint-24")))
    assert restored(both, 2)["trunk.1.weight"].shape == (16, 3, 4, 4)
    assert restored(both, 2)["displacement.weight"].shape == (45, 64, 1, 1)
