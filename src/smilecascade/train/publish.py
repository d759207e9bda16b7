"""From a trained net to a file that ships: export to ONNX, compare, write the bundle."""

from __future__ import annotations

import io
import warnings

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from smilecascade.errors import BundleError
from smilecascade.mipmaps import Pixels
from smilecascade.nets import NetEntry
from smilecascade.train.loop import normalised

#: Largest difference of a score between PyTorch and ONNX Runtime: float32 sums in another order.
TOLERANCE = 1e-4

_OPSET = 17


class Scores(nn.Module):
    """A classifier as the cascade calls it: RGB uint8 (N, H, W, 3) to face scores (N, h, w)."""

    def __init__(self, net: nn.Sequential) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> Tensor:
        """The probability of a face at every position."""
        rgb = normalised(pixels.permute(0, 3, 1, 2).float())
        return torch.softmax(self.net(rgb), 1)[:, 1]


class _OneLogit(nn.Module):
    """The same scores at less cost: the last layer gives the difference of the two logits at once.

    The softmax of two logits is the sigmoid of their difference, and on a whole pyramid the
    softmax costs a sixth of the smallest net.
    """

    def __init__(self, net: nn.Sequential) -> None:
        super().__init__()
        last = net[-1]
        assert isinstance(last, nn.Conv2d)
        assert last.out_channels == 2
        assert last.bias is not None
        one = nn.Conv2d(last.in_channels, 1, 1)
        with torch.no_grad():
            one.weight.copy_(last.weight[1:] - last.weight[:1])
            one.bias.copy_(last.bias[1:] - last.bias[:1])  # type: ignore[union-attr]
        self.net = nn.Sequential(*list(net)[:-1], one)

    def forward(self, pixels: Tensor) -> Tensor:
        """The probability of a face at every position."""
        rgb = normalised(pixels.permute(0, 3, 1, 2).float())
        return torch.sigmoid(self.net(rgb))[:, 0]


def exported(net: nn.Sequential, entry: NetEntry, crops: Pixels, seed: int = 0) -> bytes:
    """The net as ONNX bytes, proved equal to PyTorch on random pixels and on real ``crops``.

    crops: (N, S, S, 3) uint8. Raises BundleError on a mismatch, so that nothing is written.
    """
    scores, shipped = Scores(net).eval(), _OneLogit(net).eval()
    example = torch.zeros(2, entry.window, entry.window, 3, dtype=torch.uint8)
    file = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter that traces is announced as outdated; its successor needs another
        # dependency and writes the same graph for nets as flat as these.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            shipped,
            (example,),
            file,  # type: ignore[arg-type]
            dynamo=False,
            input_names=["pixels"],
            output_names=["scores"],
            dynamic_axes={"pixels": {0: "n", 1: "height", 2: "width"}, "scores": {0: "n", 1: "h", 2: "w"}},
            opset_version=_OPSET,
        )
    _compare(scores, file.getvalue(), _probes(entry, crops, seed))
    return file.getvalue()


def _probes(entry: NetEntry, crops: Pixels, seed: int) -> list[Pixels]:
    """Random windows, a random larger picture for nets that slide, and real crops."""
    rng = np.random.default_rng(seed)
    shapes = [(64, entry.window, entry.window, 3), (1, entry.window + 16, entry.window + 32, 3)]
    random = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    return [*random, np.array(crops)]


def _compare(scores: Scores, net: bytes, probes: list[Pixels]) -> None:
    session = onnxruntime.InferenceSession(net, providers=["CPUExecutionProvider"])
    for probe in probes:
        if not len(probe):
            continue
        with torch.inference_mode():
            expected = scores(torch.from_numpy(probe)).numpy()
        (found,) = session.run(None, {"pixels": probe})
        worst = float(np.abs(expected - found).max())
        if not worst <= TOLERANCE:
            raise BundleError(f"the exported net differs from PyTorch by {worst:.2g}; nothing was written")
