"""From a trained net to a file that ships: export to ONNX and prove it equal."""

from __future__ import annotations

import io
import warnings

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from smilecascade.errors import BundleError
from smilecascade.mipmaps import Pixels
from smilecascade.nets import Classifier, Joint, Net, NetEntry
from smilecascade.train.loop import normalised
from smilecascade.train.targets import expected

#: Largest difference of any output between PyTorch and ONNX Runtime: float32 sums in another order.
TOLERANCE = 1e-4

_OPSET = 17


class Judge(nn.Module):
    """A net as the cascade calls it: the windows that it keeps, and what it says of those alone.

    Pixels RGB uint8 (N, H, W, 3) and a least score give ``places`` (K,) int64, the kept
    positions as indices into the flattened (N, h, w) map, ascending; their ``scores`` (K,); and,
    if the net has the heads, their ``displacements`` (K, 3) and ``points`` (K, 5, 2). All heads
    but the face's run on kept windows only, since most of a photo is none.
    """

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net
        heads = (net.displacement, net.points) if isinstance(net, Joint) else (None, None)
        self.outputs = ["places", "scores"]
        self.outputs += [n for n, h in zip(("displacements", "points"), heads, strict=True) if h is not None]

    def forward(self, pixels: Tensor, min_score: Tensor) -> tuple[Tensor, ...]:
        """The kept places and what is said of them, in the order of ``outputs``."""
        rgb = normalised(pixels.permute(0, 3, 1, 2).float())
        if isinstance(self.net, Classifier):
            face = _one_logit(self.net)(rgb)
            scores = torch.sigmoid(face).flatten()
            places = torch.nonzero(scores >= min_score).flatten()
            return places, scores[places]
        assert isinstance(self.net, Joint)
        features = self.net.trunk(rgb)
        scores = torch.sigmoid(self.net.face(features)).flatten()
        places = torch.nonzero(scores >= min_score).flatten()
        kept = features.permute(1, 0, 2, 3).flatten(1)[:, places].T
        said = [places, scores[places], expected(_dense(self.net.displacement, kept))]
        if self.net.points is not None:
            said.append(_dense(self.net.points, kept).unflatten(1, (5, 2)))  # type: ignore[no-untyped-call]
        return tuple(said)


def _dense(head: nn.Conv2d, features: Tensor) -> Tensor:
    """A 1 × 1 convolution on (K, C) features."""
    return functional.linear(features, head.weight.flatten(1), head.bias)


def _one_logit(net: Classifier) -> nn.Sequential:
    """The same layers, the last one giving the difference of the two logits at once."""
    *layers, last = net.layers
    assert isinstance(last, nn.Conv2d)
    assert last.bias is not None
    one = nn.Conv2d(last.in_channels, 1, 1)
    with torch.no_grad():
        one.weight.copy_(last.weight[1:] - last.weight[:1])
        one.bias.copy_(last.bias[1:] - last.bias[:1])  # type: ignore[union-attr]
    return nn.Sequential(*layers, one)


def exported(net: Net, entry: NetEntry, crops: Pixels, seed: int = 0) -> bytes:
    """The net as ONNX bytes, proved equal to PyTorch on random pixels and on real ``crops``.

    crops: (N, S, S, 3) uint8. Raises BundleError on a mismatch, so that nothing is written.
    """
    judge = Judge(net).eval()
    example = torch.zeros(2, entry.window, entry.window, 3, dtype=torch.uint8), torch.tensor(0.0)
    pixels = {"pixels": {0: "n", 1: "height", 2: "width"}}
    file = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter that traces is announced as outdated; its successor needs another
        # dependency and writes the same graph for nets as flat as these.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            judge,
            example,
            file,  # type: ignore[arg-type]
            dynamo=False,
            input_names=["pixels", "min_score"],
            output_names=judge.outputs,
            dynamic_axes=pixels | {name: {0: "kept"} for name in judge.outputs},
            opset_version=_OPSET,
        )
    _compare(net.eval(), file.getvalue(), _probes(entry, crops, seed))
    return file.getvalue()


def _probes(entry: NetEntry, crops: Pixels, seed: int) -> list[Pixels]:
    """Random windows, a random larger picture for nets that slide, and real crops."""
    rng = np.random.default_rng(seed)
    shapes = [(64, entry.window, entry.window, 3), (1, entry.window + 16, entry.window + 32, 3)]
    random = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    return [*random, np.array(crops)]


def _compare(net: Net, onnx: bytes, probes: list[Pixels]) -> None:
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    for probe in probes:
        if not len(probe):
            continue
        everything = {"pixels": probe, "min_score": np.array(0, np.float32)}
        found = dict(zip(names, session.run(None, everything), strict=True))
        for name, wanted in _answers(net, probe).items():
            worst = float(np.abs(wanted - found[name]).max())
            if not worst <= TOLERANCE:
                raise BundleError(
                    f"the exported net's {name} differ from PyTorch's by {worst:.2g}; nothing was written"
                )


def _answers(net: Net, probe: Pixels) -> dict[str, NDArray[np.float32]]:
    """What PyTorch says of every position, straight from the net, in the order of the places."""
    with torch.inference_mode():
        said = net(normalised(torch.from_numpy(probe).permute(0, 3, 1, 2).float()))
        answers = {"scores": torch.sigmoid(said.face).flatten()}
        if said.displacement is not None:
            answers["displacements"] = expected(said.displacement.permute(0, 2, 3, 1).flatten(0, 2))
        if said.points is not None:
            answers["points"] = said.points.permute(0, 2, 3, 1).flatten(0, 2).unflatten(1, (5, 2))
    return {name: answer.numpy() for name, answer in answers.items()}
