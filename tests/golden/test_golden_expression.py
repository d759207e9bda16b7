"""What the expressions' nets were trained to say is what their file says."""

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from smilecascade.errors import BundleError
from smilecascade.nets import Expressive, entry
from smilecascade.train.expression.publish import OUTPUTS, exported, windows_of
from smilecascade.train.expression.scaling import Scaling

NETS = ("expression-48", "eye-24")
SCALING = Scaling(temperature=0.5, biases=tuple(n / 4 for n in range(8)))


def settled(name: str) -> Expressive:
    """Random weights whose normalisations have seen pictures, as after some training."""
    torch.manual_seed(3)
    net = entry(name).build().train()
    assert isinstance(net, Expressive)
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = None
    with torch.no_grad():
        net(torch.rand(32, 3, entry(name).window, entry(name).window) * 2 - 1)
    return net.eval()


def in_range(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixels[..., :3]).permute(0, 3, 1, 2).float() / 127.5 - 1


@pytest.mark.parametrize("count", [1, 33])
def test_pytorch_and_onnx_agree(count: int) -> None:
    face, eye = map(settled, NETS)
    session = onnxruntime.InferenceSession(exported(face, eye, windows_of(*NETS), SCALING))
    rng = np.random.default_rng(5)
    faces = rng.integers(0, 256, (count, 48, 48, 4), dtype=np.uint8)
    eyes = rng.integers(0, 256, (2 * count, 24, 24, 4), dtype=np.uint8)
    found = dict(zip(OUTPUTS, session.run(list(OUTPUTS), {"faces": faces, "eyes": eyes}), strict=True))
    with torch.inference_mode():
        shown, closed = face(in_range(faces)).shown[..., 0, 0], eye(in_range(eyes)).shown[..., 0, 0]
    wanted = {
        "emotions": (shown[:, :8] / 0.5 + torch.arange(8) / 4).softmax(1),
        "smile": torch.sigmoid(shown[:, 8]),
        "mouth_open": torch.sigmoid(shown[:, 9]),
        "eyes_closed": torch.sigmoid(closed).reshape(count, 2),
    }
    for name, values in wanted.items():
        assert count == 1 or values.std() > 1e-3, name
        np.testing.assert_allclose(found[name], values.numpy(), atol=1e-4, err_msg=name)


def test_weights_that_are_no_numbers_are_not_written() -> None:
    face, eye = map(settled, NETS)
    with torch.no_grad():
        next(face.parameters()).fill_(float("nan"))
    with pytest.raises(BundleError, match="its training diverged; nothing was written"):
        exported(face, eye, windows_of(*NETS), Scaling())


def test_the_file_that_ships_has_two_megabytes_at_most() -> None:
    assert len(exported(*map(settled, NETS), windows_of(*NETS), Scaling())) <= 2_000_000
