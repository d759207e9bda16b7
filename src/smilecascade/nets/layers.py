"""The layers that every net here is made of."""

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


def normalisable(
    inputs: int, outputs: int, kernel: int, *, padding: int = 0, normalised: bool
) -> list[nn.Module]:
    """The same of stride 1, or without the normalisation: for nets that are compared with and without it."""
    if normalised:
        return conv(inputs, outputs, kernel, padding=padding)
    return [nn.Conv2d(inputs, outputs, kernel, padding=padding), nn.ReLU()]
