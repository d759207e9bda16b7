"""From trained nets to the file of a bundle: probabilities inside, proved equal to PyTorch."""

from __future__ import annotations

import io
import warnings

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn

from smilecascade.errors import BundleError
from smilecascade.express.emotions import EMOTIONS
from smilecascade.mipmaps import Pixels
from smilecascade.nets import Expressive, entry
from smilecascade.train.expression.scaling import Scaling
from smilecascade.train.loop import normalised
from smilecascade.train.publish import TOLERANCE

_OPSET = 17

#: The outputs, in their order.
OUTPUTS = ("emotions", "smile", "mouth_open", "eyes_closed")


class Shown(nn.Module):
    """Both nets as they are called: crops of bytes in, probabilities out.

    faces RGBX uint8 (N, S, S, 4) and eyes (2·N, E, E, 4), left and right of each face in turn. The
    emotions' logits are scaled, so that their probabilities mean what they say.
    """

    inputs = ("faces", "eyes")

    def __init__(self, face: Expressive, eye: Expressive, scaling: Scaling) -> None:
        super().__init__()
        self.face, self.eye, self.temperature = face, eye, scaling.temperature
        self.biases: Tensor
        self.register_buffer("biases", torch.tensor(scaling.biases, dtype=torch.float32))

    def forward(self, faces: Tensor, eyes: Tensor) -> tuple[Tensor, ...]:
        """In the order of ``OUTPUTS``."""
        shown, closed = self.face(_colours(faces)).shown, self.eye(_colours(eyes)).shown
        assert shown is not None
        assert closed is not None
        logits = shown.flatten(1)
        count = len(EMOTIONS)
        emotions = (logits[:, :count] / self.temperature + self.biases).softmax(1)
        smile, mouth_open = torch.sigmoid(logits[:, count:]).unbind(1)
        return emotions, smile, mouth_open, torch.sigmoid(closed).reshape(-1, 2)


def _colours(pixels: Tensor) -> Tensor:
    """Bytes (N, S, S, 4) as (N, 3, S, S) float32 in −1..1."""
    return normalised(pixels.permute(0, 3, 1, 2)[:, :3].float())


def exported(face: Expressive, eye: Expressive, windows: tuple[int, int], scaling: Scaling) -> bytes:
    """Both nets as ONNX bytes, proved equal to PyTorch on random pixels.

    windows: the sides of both nets' inputs. Raises BundleError on a mismatch, or where weights are no
    numbers, so that nothing is written.
    """
    shown = Shown(face, eye, scaling).eval()
    if not all(bool(weights.isfinite().all()) for weights in shown.state_dict().values()):
        raise BundleError("the net's weights are no numbers: its training diverged; nothing was written")
    example = tuple(torch.from_numpy(probe) for probe in _probe(windows, 2))
    file = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter that traces is announced as outdated: see ``train.publish``.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            shown,
            example,
            file,  # type: ignore[arg-type]
            dynamo=False,
            input_names=list(shown.inputs),
            output_names=list(OUTPUTS),
            dynamic_axes={"faces": {0: "n"}, "eyes": {0: "eyes"}} | {name: {0: "n"} for name in OUTPUTS},
            opset_version=_OPSET,
        )
    for count in (1, 17):
        _compare(shown, file.getvalue(), _probe(windows, count))
    return file.getvalue()


def _probe(windows: tuple[int, int], count: int) -> tuple[Pixels, Pixels]:
    """Random faces, and two random eyes of each; their fourth byte is noise, too: it must not matter."""
    rng = np.random.default_rng(count)
    face, eye = windows
    return (
        rng.integers(0, 256, (count, face, face, 4), dtype=np.uint8),
        rng.integers(0, 256, (2 * count, eye, eye, 4), dtype=np.uint8),
    )


def _compare(shown: Shown, onnx: bytes, probe: tuple[Pixels, Pixels]) -> None:
    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    found = session.run(list(OUTPUTS), dict(zip(shown.inputs, probe, strict=True)))
    with torch.inference_mode():
        wanted = shown(*(torch.from_numpy(pixels) for pixels in probe))
    for name, one, other in zip(OUTPUTS, wanted, found, strict=True):
        worst = float(np.abs(one.numpy() - other).max())
        if not worst <= TOLERANCE:
            raise BundleError(
                f"the exported net's {name} differ from PyTorch's by {worst:.2g}; nothing was written"
            )


def windows_of(face: str, eye: str) -> tuple[int, int]:
    """The sides of the inputs of two nets of the registry."""
    return entry(face).window, entry(eye).window
