"""The net that looks at what was found once more: where exactly the face is, and where its points are.

Input: (N, 3, S, S) float32, RGB scaled to −1..1. The margin gives each layer's output for one
window, channels × height × width.
"""

from __future__ import annotations

from smilecascade.nets.layers import conv
from smilecascade.nets.outputs import Aligner


def align_48() -> Aligner:
    """Without dropout, which a regression only suffers from; 2.4 million multiplications a face."""
    return Aligner(
        # 3 × 48 × 48
        *conv(3, 16, 4, stride=2, padding=1),  # 16 × 24 × 24
        *conv(16, 32, 3, stride=2, padding=1),  # 32 × 12 × 12
        *conv(32, 64, 3, stride=2, padding=1),  # 64 × 6 × 6
        *conv(64, 96, 3, stride=2, padding=1),  # 96 × 3 × 3
        *conv(96, 128, 3),  # 128 × 1 × 1
        features=128,
    )
