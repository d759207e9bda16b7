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
from smilecascade.nets import Aligner, Classifier, Joint, Net, NetEntry
from smilecascade.train.loop import HALF_RANGE, normalised
from smilecascade.train.targets import expected

#: Largest difference of any output between PyTorch and ONNX Runtime: float32 sums in another order.
TOLERANCE = 1e-4

_OPSET = 17


class Judge(nn.Module):
    """A net as the cascade calls it: the windows that it keeps, and what it says of those alone.

    Pixels RGBX uint8 (N, H, W, 4), whose fourth byte means nothing, and a least score give
    ``places`` (K,) int64, the kept positions as indices into the flattened (N, h, w) map,
    ascending; their ``scores`` (K,); and, if the net calibrates, their ``displacements`` (K, 3),
    of kept windows only, since most of a photo is none. Raises SpecError for a net that does not
    say whether it sees a face.
    """

    inputs = ("pixels", "min_score")

    def __init__(self, net: Net) -> None:
        super().__init__()
        if not isinstance(net, Classifier | Joint):
            raise SpecError("net: a calibrator alone does not tell faces from background; give another net")
        layers, self.face = (net.trunk, net.face) if isinstance(net, Joint) else _one_logit(net)
        self.features, self.middle = _of_bytes(layers)
        self.displacement = net.displacement if isinstance(net, Joint) else None
        self.outputs = (
            ["places", "scores"] if self.displacement is None else ["places", "scores", "displacements"]
        )

    def forward(self, pixels: Tensor, min_score: Tensor) -> tuple[Tensor, ...]:
        """The kept places and what is said of them, in the order of ``outputs``."""
        features = self.features(_colours(pixels, self.middle))
        # Fixed shapes, where PyTorch would say "flatten": each operator costs as much as a window.
        scores = torch.sigmoid(self.face(features)).reshape(-1)
        places = torch.nonzero(scores >= min_score).reshape(-1)
        kept = features.permute(1, 0, 2, 3).reshape(self.face.in_channels, -1)[:, places].T
        if self.displacement is None:
            return places, scores[places]
        return places, scores[places], expected(_dense(self.displacement, kept))


class Alignment(nn.Module):
    """An aligner as the cascade calls it.

    RGBX uint8 (N, S, S, 4) to displacements (N, 3) and points (N, 5, 2).
    """

    inputs = ("pixels",)
    outputs = ("displacements", "points")

    def __init__(self, net: Aligner) -> None:
        super().__init__()
        self.features, self.middle = _of_bytes(net.trunk)
        self.displacement, self.points = net.displacement, net.points

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Both answers of every window."""
        features = self.features(_colours(pixels, self.middle)).reshape(-1, self.points.in_channels)
        return expected(_dense(self.displacement, features)), _dense(self.points, features).reshape(-1, 5, 2)


def _colours(pixels: Tensor, middle: float) -> Tensor:
    """Bytes (N, H, W, 4) as (N, 3, H, W) float32 less the middle."""
    colours = pixels.permute(0, 3, 1, 2)[:, :3].float()
    return colours - middle if middle else colours


def _dense(head: nn.Conv2d, features: Tensor) -> Tensor:
    """A 1 × 1 convolution on (K, C) features."""
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
    caller = (Alignment(net) if isinstance(net, Aligner) else Judge(net)).eval()
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
            caller,
            example[: len(caller.inputs)],
            file,  # type: ignore[arg-type]
            dynamo=False,
            input_names=list(caller.inputs),
            output_names=list(caller.outputs),
            dynamic_axes=pixels | {name: {0: "kept"} for name in caller.outputs},
            opset_version=_OPSET,
        )
    probes = _probes(entry, crops, seed, slides=isinstance(caller, Judge))
    _compare(net.eval(), file.getvalue(), probes)
    return file.getvalue()


def _probes(entry: NetEntry, crops: Pixels, seed: int, *, slides: bool) -> list[Pixels]:
    """Random windows, a random larger picture for nets that slide, and real crops."""
    rng = np.random.default_rng(seed)
    shapes = [(64, entry.window, entry.window, 3)]
    if slides:
        shapes.append((1, entry.window + 16, entry.window + 32, 3))
    random = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    return [*random, np.array(crops)]


def _compare(net: Net, onnx: bytes, probes: list[Pixels]) -> None:
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    wanted_inputs = {given.name for given in session.get_inputs()}
    for probe in probes:
        if not len(probe):
            continue
        # The fourth byte is noise: it must not matter.
        noise = np.random.default_rng(0).integers(0, 256, (*probe.shape[:3], 1), dtype=np.uint8)
        everything = {"pixels": np.concatenate([probe, noise], axis=3), "min_score": np.array(0, np.float32)}
        asked = {name: given for name, given in everything.items() if name in wanted_inputs}
        found = dict(zip(names, session.run(None, asked), strict=True))
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
        answers = {}
        if said.face is not None:
            answers["scores"] = torch.sigmoid(said.face).flatten()
        if said.displacement is not None:
            answers["displacements"] = expected(said.displacement.permute(0, 2, 3, 1).flatten(0, 2))
        if said.points is not None:
            answers["points"] = said.points.permute(0, 2, 3, 1).flatten(0, 2).unflatten(1, (5, 2))
    return {name: answer.numpy() for name, answer in answers.items()}
