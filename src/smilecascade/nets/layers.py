"""The one layer that every net here is made of."""

from __future__ import annotations

from torch import nn


def conv(inputs: int, outputs: int, kernel: int, *, stride: int = 1, padding: int = 0) -> list[nn.Module]:
    """A convolution, batch normalisation and ReLU, to be unpacked into an ``nn.Sequential``.

    The convolution has no bias, since the normalisation brings its own. Source: Ioffe and
    Szegedy, "Batch Normalization" (2015), section 3.2.
    """
    return [
        nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=padding, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]
