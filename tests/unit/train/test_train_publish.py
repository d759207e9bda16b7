from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from smilecascade.errors import BundleError
from smilecascade.nets import entry
from smilecascade.train import publish
from smilecascade.train.publish import Scores, exported

FACE = entry("face-12")
CROPS = np.random.default_rng(0).integers(0, 256, (6, 12, 12, 3), dtype=np.uint8)


def damaging(net: nn.Module, change: Callable[[nn.Module], object]) -> Callable[..., None]:
    """An exporter after which PyTorch's net is another one than the file's."""
    export = torch.onnx.export

    def exporting(*arguments: Any, **options: Any) -> None:
        export(*arguments, **options)
        with torch.no_grad():
            change(net)

    return exporting


def test_scores_are_probabilities_of_a_face() -> None:
    net = FACE.build().eval()
    pixels = torch.from_numpy(CROPS)
    with torch.inference_mode():
        logits = net(pixels.permute(0, 3, 1, 2).float() / 127.5 - 1).flatten(1)
        expected = logits.exp()[:, 1] / logits.exp().sum(1)
        torch.testing.assert_close(Scores(net)(pixels).flatten(), expected)


def test_the_export_takes_any_number_of_windows_of_any_size() -> None:
    session = onnxruntime.InferenceSession(exported(FACE.build(), FACE, CROPS))
    for shape, wanted in (
        ((1, 12, 12, 3), (1, 1, 1)),
        ((9, 12, 12, 3), (9, 1, 1)),
        ((1, 31, 20, 3), (1, 10, 5)),
    ):
        (scores,) = session.run(None, {"pixels": np.zeros(shape, np.uint8)})
        assert scores.shape == wanted


def test_the_exported_net_does_not_drop_out() -> None:
    net = FACE.build().train()
    session = onnxruntime.InferenceSession(exported(net, FACE, CROPS))
    first, second = (session.run(None, {"pixels": CROPS})[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_crops_are_not_needed() -> None:
    assert exported(FACE.build(), FACE, CROPS[:0])


def test_the_same_net_gives_the_same_bytes() -> None:
    net = FACE.build()
    assert exported(net, FACE, CROPS) == exported(net, FACE, CROPS[:0], seed=3)


@pytest.mark.parametrize(
    "change",
    [
        lambda net: net[-1].bias.add_(torch.tensor([0.0, 0.01])),
        lambda net: net[1].weight.mul_(1.01),
        lambda net: net[-1].weight.fill_(float("nan")),
    ],
)
def test_a_mismatch_is_refused(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[nn.Module], object]
) -> None:
    net = FACE.build()
    monkeypatch.setattr(torch.onnx, "export", damaging(net, change))
    with pytest.raises(
        BundleError, match=r"the exported net differs from PyTorch by .*; nothing was written"
    ):
        exported(net, FACE, CROPS)


def test_random_pixels_and_real_crops_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[np.ndarray] = []
    monkeypatch.setattr(publish, "_compare", lambda scores, net, probes: compared.extend(probes))
    exported(FACE.build(), FACE, CROPS)
    windows, picture, crops = compared
    assert windows.shape[1:] == (12, 12, 3)
    assert min(picture.shape[1:3]) > 12
    np.testing.assert_array_equal(crops, CROPS)
