"""PyTorch weights back from the nets of a bundle, which ships nothing but ONNX files.

``train.publish`` writes a net with its normalisations folded into the convolutions before
them, and the scaling of pixels folded into the first. Here that is undone: the weights that come
back compute the same, and can be trained on. What a normalisation had seen is gone: it comes back
as one that changes nothing, so that its statistics must be kept as they are
(``TrainSpec.freeze_normalisation``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from smilecascade.bundle import Bundle
from smilecascade.errors import BundleError, SpecError
from smilecascade.nets import Joint, Net, entry
from smilecascade.train.loop import HALF_RANGE, normalised

#: The name of a net's weights in its ``state_dict``, to the weights.
Weights = Mapping[str, Tensor]

#: Largest difference of a score between the file and the net that came back from it.
TOLERANCE = 1e-4

#: A convolution with its bias, or a linear head, as the file holds it.
_Layer = tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]


def restored(bundle: Bundle, number: int) -> Weights:
    """The state of ``entry(net).build()`` that says what level ``number`` (from 1) of a bundle says.

    Raises BundleError where the level's file is no such net as ``train.publish`` writes.
    """
    where = f"{bundle.path / f'level{number}.onnx'}"
    net = _built(bundle.spec.levels[number - 1].net, where)
    convolutions, heads = _layers(bundle.nets[number - 1], where)
    _fill(net, convolutions, heads, where)
    _compare(net.eval(), bundle, number, where)
    return net.state_dict()


def _built(name: str, where: str) -> Joint:
    try:
        net = entry(name).build()
    except SpecError as error:
        raise BundleError(f"{where}: {error}; the bundle was trained by another version") from None
    if not isinstance(net, Joint):
        raise BundleError(f"{where}: {name} has no heads that calibrate; give a bundle of joint nets")
    return net


def _layers(file: bytes, where: str) -> tuple[list[_Layer], list[_Layer]]:
    """The convolutions of a file, the face's last, and the linear heads on kept windows alone."""
    try:
        graph = onnx.load_from_string(file).graph
    except Exception as error:  # protobuf raises exceptions of its own
        raise BundleError(f"{where}: is no ONNX file ({error}); fetch the bundle again") from None
    stored = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    # A head is a convolution of 1 × 1 that the graph flattens before it is used.
    stored |= {n.output[0]: stored[n.input[0]] for n in graph.node if _is_flattened(n, stored)}
    return list(_named(graph, "Conv", stored, where)), list(_named(graph, "Gemm", stored, where))


def _is_flattened(node: Any, stored: Mapping[str, Any]) -> bool:
    return node.op_type == "Flatten" and node.input[0] in stored


def _named(
    graph: Any, operator: str, stored: Mapping[str, NDArray[np.floating[Any]]], where: str
) -> Iterator[_Layer]:
    for node in graph.node:
        if node.op_type == operator:
            if len(node.input) != 3 or not all(name in stored for name in node.input[1:]):
                raise _foreign(where, f"{operator} {node.name} has no weights and bias of its own")
            yield stored[node.input[1]], stored[node.input[2]]


def _fill(net: Joint, convolutions: list[_Layer], heads: list[_Layer], where: str) -> None:
    """Give a net the weights of a file."""
    trunk = [layer for layer in net.trunk if isinstance(layer, nn.Conv2d)]
    scales = [layer for layer in net.trunk if isinstance(layer, nn.BatchNorm2d)]
    if (len(convolutions), len(heads)) != (len(trunk) + 1, 1):
        got = f"{len(convolutions)} and {len(heads)}"
        raise _foreign(where, f"expected {len(trunk) + 1} convolutions and 1 head, got {got}")
    *folded, face = convolutions
    folded[0] = _unscaled(folded[0], pads=trunk[0].padding != (0, 0))
    with torch.no_grad():
        for layer, scale, (weight, bias) in zip(trunk, scales, folded, strict=True):
            _copy(layer.weight, weight, where)
            _neutral(scale)
            _copy(scale.bias, bias, where)
        for head, (weight, bias) in ((net.face, face), (net.displacement, heads[0])):
            _copy(head.weight, weight, where)
            assert head.bias is not None
            _copy(head.bias, bias, where)


def _unscaled(first: _Layer, *, pads: bool) -> _Layer:
    """The first convolution for pixels −1..1 instead of bytes, as ``publish`` took it from there.

    One that pads is given the bytes less their middle; one that does not has the middle in its bias.
    """
    weight, bias = (each.astype(np.float64) for each in first)
    weight = weight * HALF_RANGE
    return weight, bias if pads else bias + weight.sum((1, 2, 3))


def _neutral(scale: nn.BatchNorm2d) -> None:
    """A normalisation that has seen what it would change nothing of."""
    assert scale.running_mean is not None
    assert scale.running_var is not None
    scale.running_mean.zero_()
    scale.running_var.fill_(1)
    scale.weight.fill_(float(np.sqrt(1 + scale.eps)))


def _copy(place: Tensor, values: NDArray[np.floating[Any]], where: str) -> None:
    wanted = tuple(place.shape)
    if values.size != place.numel() or values.shape[: place.ndim] != wanted[: values.ndim]:
        raise _foreign(where, f"expected weights of shape {wanted}, got {values.shape}")
    place.copy_(torch.from_numpy(np.array(values, np.float32)).reshape(wanted))


def _compare(net: Net, bundle: Bundle, number: int, where: str) -> None:
    """Prove that the net says of random windows what the file says."""
    window = bundle.spec.levels[number - 1].window
    pixels = np.random.default_rng(0).integers(0, 256, (64, window, window, 4), dtype=np.uint8)
    wanted = bundle.judges(1)[number - 1](pixels, 0.0)
    with torch.inference_mode():
        said = net(normalised(torch.from_numpy(pixels[..., :3]).permute(0, 3, 1, 2).float()))
    scores = torch.sigmoid(said.face).flatten().numpy()
    worst = float(np.abs(scores - wanted.scores).max()) if len(wanted) == len(scores) else float("nan")
    if not worst <= TOLERANCE:
        raise _foreign(where, f"its layers in {bundle.spec.levels[number - 1].net} differ by {worst:.2g}")


def _foreign(where: str, what: str) -> BundleError:
    return BundleError(f"{where}: is another graph than this version writes ({what}); give another bundle")
