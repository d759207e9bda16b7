"""Classifiers that the article's experiments compare; none of them ships.

Input: (N, 3, S, S) float32, RGB scaled to −1..1; the face's logit comes out, as from the nets of
``classify``. They differ from those in one thing each: dropout, normalisation, width, or inputs of
several resolutions. The margin gives each layer's output for one window, channels × height × width.

Source: "Deep learning in the garage: two networks".
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from smilecascade.nets.layers import conv, normalisable
from smilecascade.nets.outputs import Classifier, Outputs


def middle_24(*, normalised: bool, dropout: float) -> Classifier:
    """The middle net (``li-24``), with or without normalisation, with dropout before its dense layers."""
    return Classifier(
        # 3 × 24 × 24
        nn.Dropout(0.1),
        *normalisable(3, 64, 5, normalised=normalised),  # 64 × 20 × 20
        nn.MaxPool2d(3, 2),  # 64 × 9 × 9
        nn.Dropout(dropout),
        *normalisable(64, 128, 9, normalised=normalised),  # 128 × 1 × 1
        nn.Dropout(dropout),
        nn.Conv2d(128, 2, 1),  # 2 × 1 × 1
    )


def wide_24() -> Classifier:
    """The middle net, wider until a window costs what it costs ``MultiResolution``."""
    return Classifier(
        # 3 × 24 × 24
        nn.Dropout(0.1),
        *conv(3, 76, 5),  # 76 × 20 × 20
        nn.MaxPool2d(3, 2),  # 76 × 9 × 9
        *conv(76, 128, 9),  # 128 × 1 × 1
        nn.Conv2d(128, 2, 1),  # 2 × 1 × 1
    )


def large_48() -> Classifier:
    """The large net (``li-48``), enlarged by half in all layers: twice the multiplications."""
    return Classifier(
        # 3 × 48 × 48
        nn.Dropout(0.1),
        *conv(3, 96, 5),  # 96 × 44 × 44
        nn.MaxPool2d(3, 2),  # 96 × 21 × 21
        *conv(96, 96, 5),  # 96 × 17 × 17
        nn.MaxPool2d(3, 2),  # 96 × 8 × 8
        *conv(96, 384, 8),  # 384 × 1 × 1
        nn.Conv2d(384, 2, 1),  # 2 × 1 × 1
    )


class MultiResolution(nn.Module):
    """The middle net that sees its window at 24, 12 and 6 px; the last classifier sees all maps.

    The small inputs are the means of 2 × 2 and 4 × 4 pixels of the window, so it takes what the plain net
    takes. It does not slide over a larger picture.
    """

    def __init__(self) -> None:
        super().__init__()
        self.at_24 = nn.Sequential(
            # 3 × 24 × 24
            nn.Dropout(0.1),
            *conv(3, 64, 5),  # 64 × 20 × 20
            nn.MaxPool2d(3, 2),  # 64 × 9 × 9
        )
        self.at_12 = nn.Sequential(
            # 3 × 12 × 12
            nn.Dropout(0.1),
            *conv(3, 64, 3),  # 64 × 10 × 10
            nn.MaxPool2d(3, 2),  # 64 × 4 × 4
        )
        self.at_6 = nn.Sequential(
            # 3 × 6 × 6
            nn.Dropout(0.1),
            *conv(3, 64, 3),  # 64 × 4 × 4
        )
        self.layers = nn.Sequential(
            # 64 · (9·9 + 4·4 + 4·4) = 7232 × 1 × 1
            *conv(7232, 128, 1),  # 128 × 1 × 1
            nn.Conv2d(128, 2, 1),  # 2 × 1 × 1
        )

    def forward(self, pixels: Tensor) -> Outputs:
        """Pixels (N, 3, 24, 24) in −1..1 to the face's logit."""
        halved = functional.avg_pool2d(pixels, 2)
        maps = self.at_24(pixels), self.at_12(halved), self.at_6(functional.avg_pool2d(halved, 2))
        logits = self.layers(torch.cat([each.flatten(1) for each in maps], dim=1)[:, :, None, None])
        return Outputs(face=logits[:, 1:] - logits[:, :1])
