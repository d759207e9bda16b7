"""PyTorch and ONNX Runtime must agree: what was trained is what ships."""

from dataclasses import replace
from functools import partial

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from smilecascade.geometry.calibration import expected_displacements
from smilecascade.nets import NETS, Aligner, Calibrator, Net, NetEntry
from smilecascade.nets.joint import joint_24
from smilecascade.train.publish import exported

#: float32 sums in another order, through a sigmoid or softmax of logits within a few tens.
TOLERANCE = 1e-4

#: All nets that can be a level, and one that predicts the displacement directly.
DECIDING = {
    name: entry
    for name, entry in NETS.items()
    if entry.slides and not isinstance(entry.build(), Calibrator | Aligner)
}
DECIDING["joint-24-direct"] = replace(NETS["joint-24"], build=partial(joint_24, 3))


@pytest.fixture(params=DECIDING)
def entry(request: pytest.FixtureRequest) -> NetEntry:
    """Each net in turn that can be a level."""
    return DECIDING[request.param]


@pytest.fixture(params=[name for name, entry in NETS.items() if isinstance(entry.build(), Aligner)])
def aligner(request: pytest.FixtureRequest) -> NetEntry:
    """Each net that looks at the faces found once more."""
    return NETS[request.param]


def settled(entry: NetEntry) -> Net:
    """A net with random weights whose normalisations have seen pictures, as after some training."""
    torch.manual_seed(3)
    net = entry.build().train()
    layers = list(net.modules())
    for layer in layers:
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = None  # the mean of all batches seen
    with torch.no_grad():
        net(torch.rand(32, 3, entry.window, entry.window) * 2 - 1)
        for layer in layers:
            if isinstance(layer, nn.Conv2d) and layer.kernel_size == (1, 1):  # the last layer of each head
                layer.weight *= 4
    return net.eval()


def rows(head: Tensor) -> np.ndarray:
    """(N, C, h, w) as (N·h·w, C), in the order of the places."""
    return head.permute(0, 2, 3, 1).flatten(0, 2).numpy()


def wanted_of(net: Net, pixels: np.ndarray) -> dict[str, np.ndarray]:
    """What PyTorch says of every position of RGB pixels, by the name of ONNX's output."""
    with torch.inference_mode():
        said = net(torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1)
        wanted = {} if said.face is None else {"scores": rows(torch.sigmoid(said.face))[:, 0]}
        if said.displacement is not None and said.displacement.shape[1] == 3:
            wanted["displacements"] = rows(said.displacement)
        elif said.displacement is not None:
            wanted["displacements"] = expected_displacements(rows(torch.softmax(said.displacement, dim=1)))
        if said.points is not None:
            wanted["points"] = rows(said.points).reshape(-1, 5, 2)
    return wanted


def test_pytorch_and_onnx_agree(entry: NetEntry) -> None:
    net, window = settled(entry), entry.window
    onnx = onnxruntime.InferenceSession(exported(net, entry, np.zeros((0, window, window, 3), np.uint8)))
    names = [output.name for output in onnx.get_outputs()]
    rng = np.random.default_rng(5)
    for count, down, right in ((1, 0, 0), (33, 0, 0), (2, 3, 1)):
        shape = (count, window + down * entry.stride, window + right * entry.stride)
        pixels = rng.integers(0, 256, (*shape, 4), dtype=np.uint8)
        wanted = wanted_of(net, pixels[..., :3])
        assert names == ["places", *wanted]
        for threshold in (0.0, float(np.median(wanted["scores"])) + 1e-3):
            said = onnx.run(None, {"pixels": pixels, "min_score": np.array(threshold, np.float32)})
            places, *found = said
            assert places.tolist() == np.flatnonzero(wanted["scores"] >= threshold).tolist()
            for name, values in zip(names[1:], found, strict=True):
                assert wanted[name].std() > 1e-3 or count == 1, name
                np.testing.assert_allclose(values, wanted[name][places], atol=TOLERANCE, err_msg=name)


def test_an_aligner_says_the_same_of_every_window(aligner: NetEntry) -> None:
    net, window = settled(aligner), aligner.window
    onnx = onnxruntime.InferenceSession(exported(net, aligner, np.zeros((0, window, window, 3), np.uint8)))
    names = [output.name for output in onnx.get_outputs()]
    for count in (1, 33):
        pixels = np.random.default_rng(5).integers(0, 256, (count, window, window, 4), dtype=np.uint8)
        wanted = wanted_of(net, pixels[..., :3])
        assert names == ["displacements", "points"] == list(wanted)
        for name, values in zip(names, onnx.run(None, {"pixels": pixels}), strict=True):
            assert wanted[name].std() > 1e-3 or count == 1, name
            np.testing.assert_allclose(values, wanted[name], atol=TOLERANCE, err_msg=name)
