"""The nets that ship, one a level: a trunk that classifies and calibrates.

Input: (N, 3, S, S) float32, RGB scaled to −1..1. Widths are multiples of 16, which the
processor's vector units hold; a layer of 24 channels costs as much as one of 32. The margin
gives each layer's output for one window, channels × height × width.
"""

from __future__ import annotations

from torch import nn

from smilecascade.nets.layers import conv
from smilecascade.nets.outputs import Joint


def joint_12() -> Joint:
    """Level 1 that ships: it slides in steps of 4, since calibration makes up for a coarse grid."""
    return Joint(
        # 3 × 12 × 12
        nn.Dropout(0.1),
        *conv(3, 16, 4, stride=2),  # 16 × 5 × 5
        *conv(16, 32, 3, stride=2),  # 32 × 2 × 2
        *conv(32, 48, 2),  # 48 × 1 × 1
        features=48,
    )


def joint_12_dense() -> Joint:
    """Level 1 in steps of 2: to compare what the coarser grid costs."""
    return Joint(
        # 3 × 12 × 12
        nn.Dropout(0.1),
        *conv(3, 16, 4, stride=2),  # 16 × 5 × 5
        *conv(16, 16, 3),  # 16 × 3 × 3
        *conv(16, 32, 3),  # 32 × 1 × 1
        features=32,
    )


def joint_24(displacement: int = 45) -> Joint:
    """Level 2 that ships: half a million multiplications a window."""
    return Joint(
        # 3 × 24 × 24
        nn.Dropout(0.1),
        *conv(3, 16, 4, stride=2, padding=1),  # 16 × 12 × 12
        *conv(16, 32, 3, stride=2, padding=1),  # 32 × 6 × 6
        *conv(32, 64, 3, stride=2, padding=1),  # 64 × 3 × 3
        *conv(64, 64, 3),  # 64 × 1 × 1
        features=64,
        displacement=displacement,
    )


def joint_48() -> Joint:
    """Level 3 that ships: it decides, so it is the deepest, 3.7 million multiplications a window."""
    return Joint(
        # 3 × 48 × 48
        nn.Dropout(0.1),
        *conv(3, 16, 4, stride=2, padding=1),  # 16 × 24 × 24
        *conv(16, 32, 3, stride=2, padding=1),  # 32 × 12 × 12
        *conv(32, 64, 3, stride=2, padding=1),  # 64 × 6 × 6
        *conv(64, 64, 3, padding=1),  # 64 × 6 × 6
        *conv(64, 96, 3, stride=2, padding=1),  # 96 × 3 × 3
        *conv(96, 128, 3),  # 128 × 1 × 1
        nn.Dropout(0.2),
        features=128,
    )
