"""Calibrators of the sources: how does this window lie on its face?

Input: (N, 3, S, S) float32, RGB scaled to −1..1, windows that show a face. The last layer
gives (N, 45, 1, 1) logits of the displacements of ``geometry.calibration``; with ``out=3`` it
gives dx, dy and ln s themselves, the direct regression that the article says is worse.

Sources: Li et al. (CVPR 2015), section 3.3; "Deep learning in the garage: two networks". The
margin gives each layer's output for one window, channels × height × width.
"""

from __future__ import annotations

from torch import nn

from smilecascade.nets.layers import conv
from smilecascade.nets.outputs import Calibrator


def article_12_cal(out: int = 45) -> Calibrator:
    """The article's calibrator of level 1."""
    return Calibrator(
        # 3 × 12 × 12
        nn.Dropout(0.1),
        *conv(3, 16, 3),  # 16 × 10 × 10
        nn.MaxPool2d(3, 2),  # 16 × 4 × 4
        nn.Dropout(0.5),
        *conv(16, 128, 4),  # 128 × 1 × 1
        nn.Dropout(0.5),
        nn.Conv2d(128, out, 1),  # out × 1 × 1
    )


def li_24_cal(out: int = 45) -> Calibrator:
    """The calibrator of level 2 of Li et al."""
    return Calibrator(
        # 3 × 24 × 24
        nn.Dropout(0.1),
        *conv(3, 32, 5),  # 32 × 20 × 20
        nn.MaxPool2d(3, 2),  # 32 × 9 × 9
        *conv(32, 64, 9),  # 64 × 1 × 1
        nn.Conv2d(64, out, 1),  # out × 1 × 1
    )


def article_48_cal(out: int = 45) -> Calibrator:
    """The article's calibrator of level 3: five million weights."""
    return Calibrator(
        # 3 × 48 × 48
        nn.Dropout(0.1),
        *conv(3, 64, 5),  # 64 × 44 × 44
        nn.MaxPool2d(3, 2),  # 64 × 21 × 21
        *conv(64, 64, 5),  # 64 × 17 × 17
        nn.Dropout(0.3),
        *conv(64, 256, 17),  # 256 × 1 × 1
        nn.Dropout(0.3),
        nn.Conv2d(256, out, 1),  # out × 1 × 1
    )
