"""PyTorch and ONNX Runtime must agree: what was trained is what ships."""

import numpy as np
import onnxruntime
import pytest
import torch

from smilecascade.nets import NETS, NetEntry
from smilecascade.train.publish import exported

#: float32 sums in another order, through a softmax of logits within a few tens.
TOLERANCE = 1e-4


@pytest.fixture(params=NETS)
def net(request: pytest.FixtureRequest) -> NetEntry:
    """Each net of the registry in turn."""
    return NETS[request.param]


def settled(entry: NetEntry) -> torch.nn.Sequential:
    """A net with random weights whose normalisations have seen pictures, as after some training."""
    torch.manual_seed(3)
    net = entry.build().train()
    for layer in net:
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = None  # the mean of all batches seen
    with torch.no_grad():
        net(torch.rand(32, 3, entry.window, entry.window) * 2 - 1)
        net[-1].weight *= 4
    return net.eval()


def test_pytorch_and_onnx_agree(net: NetEntry) -> None:
    torch_net, window = settled(net), net.window
    no_crops = np.zeros((0, window, window, 3), np.uint8)
    onnx = onnxruntime.InferenceSession(exported(torch_net, net, no_crops))
    rng = np.random.default_rng(5)
    for count, rows, columns in ((1, 0, 0), (33, 0, 0), (2, 3, 1)):
        shape = (count, window + rows * net.stride, window + columns * net.stride)
        pixels = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
        with torch.inference_mode():
            scaled = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1
            expected = torch.softmax(torch_net(scaled), dim=1)[:, 1].numpy()
        (found,) = onnx.run(None, {"pixels": pixels})
        assert found.shape == expected.shape
        assert expected.std() > 1e-3 or expected.size == 1
        np.testing.assert_allclose(found, expected, atol=TOLERANCE)
