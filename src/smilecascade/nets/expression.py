"""Nets that look at a face that was found: what it shows, and whether an eye is closed.

Input: (N, 3, S, S) float32, RGB scaled to −1..1, which ``Evened`` makes one grey picture of even light.
The output is (N, 10, 1, 1) logits of the eight expressions of FER+, a smile and an open mouth, or
(N, 1, 1, 1), the logit of a closed eye. The margin gives each layer's output, channels × height × width.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from smilecascade.nets.layers import conv
from smilecascade.nets.outputs import Expressive

#: Logits of the net: the expressions, a smile, an open mouth.
SHOWN = 10

#: Luma of red, green and blue (ITU-R BT.601), as the grey sets were made with.
_LUMA = (0.299, 0.587, 0.114)

#: Added to the standard deviation, in −1..1: a picture of hardly any contrast is left so.
_FLAT = 0.06


class Evened(nn.Module):
    """A picture as grey of mean 0 and standard deviation 1.

    FER is grey and CelebA is not, photos are dark and bright: what a face shows depends on neither.
    """

    def forward(self, pixels: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, 1, H, W)."""
        red, green, blue = _LUMA
        grey = red * pixels[:, :1] + green * pixels[:, 1:2] + blue * pixels[:, 2:]
        centred = grey - grey.mean((2, 3), keepdim=True)
        deviation = (centred * centred).mean((2, 3), keepdim=True).sqrt()
        return centred / (deviation + _FLAT)


class Residual(nn.Module):
    """Two convolutions whose result is added to their input. Source: He et al. (2015), section 3."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        first, second = (conv(channels, channels, 3, padding=1) for _ in range(2))
        self.layers = nn.Sequential(*first, *second[:-1])

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        return functional.relu(features + self.layers(features))


class Mean(nn.Module):
    """The mean over all places: (N, C, H, W) to (N, C, 1, 1)."""

    def forward(self, features: Tensor) -> Tensor:
        """See the class."""
        return features.mean((2, 3), keepdim=True)


def expression_48() -> Expressive:
    """The net that ships: 35 million multiplications a face."""
    return Expressive(
        # 3 × 48 × 48
        Evened(),  # 1 × 48 × 48
        *conv(1, 32, 5, stride=2, padding=2),  # 32 × 24 × 24
        *conv(32, 64, 3, stride=2, padding=1),  # 64 × 12 × 12
        Residual(64),  # 64 × 12 × 12
        Residual(64),  # 64 × 12 × 12
        *conv(64, 112, 3, stride=2, padding=1),  # 112 × 6 × 6
        Residual(112),  # 112 × 6 × 6
        Mean(),  # 112 × 1 × 1
        nn.Dropout(0.1),
        nn.Conv2d(112, SHOWN, 1),  # 10 × 1 × 1
    )


def expression_48_teacher() -> Expressive:
    """The larger net that it learns from."""
    return Expressive(
        # 3 × 48 × 48
        Evened(),  # 1 × 48 × 48
        *conv(1, 32, 5, stride=2, padding=2),  # 32 × 24 × 24
        *conv(32, 96, 3, stride=2, padding=1),  # 96 × 12 × 12
        Residual(96),  # 96 × 12 × 12
        Residual(96),  # 96 × 12 × 12
        *conv(96, 192, 3, stride=2, padding=1),  # 192 × 6 × 6
        Residual(192),  # 192 × 6 × 6
        Mean(),  # 192 × 1 × 1
        nn.Dropout(0.4),
        nn.Conv2d(192, SHOWN, 1),  # 10 × 1 × 1
    )


def eye_24() -> Expressive:
    """Is this eye closed? Few weights, since there are few eyes to learn from."""
    return Expressive(
        # 3 × 24 × 24
        Evened(),  # 1 × 24 × 24
        *conv(1, 16, 4, stride=2, padding=1),  # 16 × 12 × 12
        *conv(16, 32, 3, stride=2, padding=1),  # 32 × 6 × 6
        *conv(32, 32, 3, stride=2, padding=1),  # 32 × 3 × 3
        nn.Dropout(0.3),
        *conv(32, 32, 3),  # 32 × 1 × 1
        nn.Conv2d(32, 1, 1),  # 1 × 1 × 1
    )
