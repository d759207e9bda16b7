"""From a trained net to a file that ships: export to ONNX and prove it equal."""

from __future__ import annotations

import copy
import io
import warnings

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from smilecascade.errors import BundleError, SpecError
from smilecascade.mipmaps import Pixels
from smilecascade.nets import Calibrator, Classifier, Joint, Net, NetEntry
from smilecascade.train.loop import HALF_RANGE, normalised
from smilecascade.train.targets import expected

#: Largest difference of any output between PyTorch and ONNX Runtime: float32 sums in another order.
TOLERANCE = 1e-4

_OPSET = 17


class Judge(nn.Module):
    """A net as the cascade calls it: the windows that it keeps, and what it says of those alone.

    Pixels RGBX uint8 (N, H, W, 4), whose fourth byte means nothing, and a least score give
    ``places`` (K,) int64, the kept positions as indices into the flattened (N, h, w) map,
    ascending; their ``scores`` (K,); and, if the net has the heads, their ``displacements``
    (K, 3) and ``points`` (K, 5, 2). All heads but the face's run on kept windows only, since
    most of a photo is none. Raises SpecError for a net that does not say whether it sees a face.
    """

    def __init__(self, net: Net) -> None:
        super().__init__()
        if isinstance(net, Calibrator):
            raise SpecError("net: a calibrator alone does not tell faces from background; give another net")
        layers, self.face = (net.trunk, net.face) if isinstance(net, Joint) else _one_logit(net)
        self.features, self.middle = _of_bytes(layers)
        self.heads = nn.ModuleDict()
        if isinstance(net, Joint):
            self.heads["displacements"] = net.displacement
            if net.points is not None:
                self.heads["points"] = net.points
        self.outputs = ["places", "scores", *self.heads]

    def forward(self, pixels: Tensor, min_score: Tensor) -> tuple[Tensor, ...]:
        """The kept places and what is said of them, in the order of ``outputs``."""
        colours = pixels.permute(0, 3, 1, 2)[:, :3].float()
        features = self.features(colours - self.middle if self.middle else colours)
        # Fixed shapes, where PyTorch would say "flatten": each operator costs as much as a window.
        scores = torch.sigmoid(self.face(features)).reshape(-1)
        places = torch.nonzero(scores >= min_score).reshape(-1)
        kept = features.permute(1, 0, 2, 3).reshape(self.face.in_channels, -1)[:, places].T
        said = {name: _dense(head, kept) for name, head in self.heads.items()}
        if "displacements" in said:
            said["displacements"] = expected(said["displacements"])
        if "points" in said:
            said["points"] = said["points"].reshape(-1, 5, 2)
        return (places, scores[places], *said.values())


def _dense(head: nn.Module, features: Tensor) -> Tensor:
    """A 1 × 1 convolution on (K, C) features."""
    assert isinstance(head, nn.Conv2d)
    return functional.linear(features, head.weight.flatten(1), head.bias)


def _of_bytes(layers: nn.Sequential) -> tuple[nn.Sequential, float]:
    """The same layers for pixels 0..255 less the middle that is returned: scaling is in the weights.

    A first convolution that pads must be given 0 for grey, so that the middle is taken off before;
    one that does not takes it off itself, and the middle is 0.
    """
    layers = copy.deepcopy(layers)
    index, first = next((i, layer) for i, layer in enumerate(layers) if isinstance(layer, nn.Conv2d))
    shape = first.in_channels, first.out_channels, first.kernel_size, first.stride, first.padding
    scaled = nn.Conv2d(*shape)  # type: ignore[arg-type]
    pads = first.padding != (0, 0)
    with torch.no_grad():
        scaled.weight.copy_(first.weight / HALF_RANGE)
        bias = torch.zeros(first.out_channels) if first.bias is None else first.bias
        scaled.bias.copy_(bias if pads else bias - first.weight.sum((1, 2, 3)))  # type: ignore[union-attr]
    layers[index] = scaled
    return layers, HALF_RANGE if pads else 0.0


def _one_logit(net: Classifier) -> tuple[nn.Sequential, nn.Conv2d]:
    """All layers but the last, and one that gives the difference of its two logits at once."""
    *layers, last = net.layers
    assert isinstance(last, nn.Conv2d)
    assert last.bias is not None
    one = nn.Conv2d(last.in_channels, 1, 1)
    with torch.no_grad():
        one.weight.copy_(last.weight[1:] - last.weight[:1])
        one.bias.copy_(last.bias[1:] - last.bias[:1])  # type: ignore[union-attr]
    return nn.Sequential(*layers), one


def exported(net: Net, entry: NetEntry, crops: Pixels, seed: int = 0) -> bytes:
    """The net as ONNX bytes, proved equal to PyTorch on random pixels and on real ``crops``.

    crops: (N, S, S, 3) uint8. Raises BundleError on a mismatch, so that nothing is written, and
    SpecError for a net that only calibrates.
    """
    judge = Judge(net).eval()
    if not all(bool(weights.isfinite().all()) for weights in net.state_dict().values()):
        raise BundleError("the net's weights are no numbers: its training diverged; nothing was written")
    example = torch.zeros(2, entry.window, entry.window, 4, dtype=torch.uint8), torch.tensor(0.0)
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
        # The fourth byte is noise: it must not matter.
        noise = np.random.default_rng(0).integers(0, 256, (*probe.shape[:3], 1), dtype=np.uint8)
        everything = {"pixels": np.concatenate([probe, noise], axis=3), "min_score": np.array(0, np.float32)}
        found = dict(zip(names, session.run(None, everything), strict=True))
        for name, wanted in _answers(net, probe).items():
            same = wanted.shape == found[name].shape  # scores that are no numbers are not kept
            worst = float(np.abs(wanted - found[name]).max()) if same else float("nan")
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
