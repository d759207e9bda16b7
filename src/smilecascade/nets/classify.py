"""Classifiers: is this window a face? Logits of (no face, face) for windows of one size.

Input: (N, 3, S, S) float32, RGB scaled to −1..1. Output: (N, 2) logits for windows of the
net's own size S. Dense layers are written as convolutions that cover what is left of the
window, so that every net also slides over a whole picture: a larger input gives
(N, 2, h, w), one pair of logits every ``stride`` pixels.

``li_*`` are the nets of Li et al., "A Convolutional Neural Network Cascade for Face
Detection" (CVPR 2015), section 3.2; ``face_*`` are those that ship. Batch normalisation
follows every convolution but the last, and lets the dropout on the input be as low as 0.1.
The margin gives each layer's output for one window, channels × height × width.
"""

from __future__ import annotations

from torch import nn

from smilecascade.nets.layers import conv


def li_12() -> nn.Sequential:
    """Level 1 of Li et al.: one convolution, one pooling, a dense layer of 16."""
    return nn.Sequential(
        # 3 × 12 × 12
        nn.Dropout(0.1),
        *conv(3, 16, 3),  # 16 × 10 × 10
        nn.MaxPool2d(3, 2),  # 16 × 4 × 4
        *conv(16, 16, 4),  # 16 × 1 × 1
        nn.Conv2d(16, 2, 1),  # 2 × 1 × 1
    )


def li_24() -> nn.Sequential:
    """Level 2 of Li et al.: one convolution, one pooling, a dense layer of 128."""
    return nn.Sequential(
        # 3 × 24 × 24
        nn.Dropout(0.1),
        *conv(3, 64, 5),  # 64 × 20 × 20
        nn.MaxPool2d(3, 2),  # 64 × 9 × 9
        *conv(64, 128, 9),  # 128 × 1 × 1
        nn.Conv2d(128, 2, 1),  # 2 × 1 × 1
    )


def li_48() -> nn.Sequential:
    """Level 3 of Li et al.: two convolutions, two poolings, a dense layer of 256."""
    return nn.Sequential(
        # 3 × 48 × 48
        nn.Dropout(0.1),
        *conv(3, 64, 5),  # 64 × 44 × 44
        nn.MaxPool2d(3, 2),  # 64 × 21 × 21
        *conv(64, 64, 5),  # 64 × 17 × 17
        nn.MaxPool2d(3, 2),  # 64 × 8 × 8
        *conv(64, 256, 8),  # 256 × 1 × 1
        nn.Conv2d(256, 2, 1),  # 2 × 1 × 1
    )


def face_12() -> nn.Sequential:
    """Level 1 that ships: a strided first layer, so that it slides in steps of 2 at half the cost."""
    return nn.Sequential(
        # 3 × 12 × 12
        nn.Dropout(0.1),
        *conv(3, 12, 4, stride=2),  # 12 × 5 × 5
        *conv(12, 16, 3),  # 16 × 3 × 3
        *conv(16, 32, 3),  # 32 × 1 × 1
        nn.Conv2d(32, 2, 1),  # 2 × 1 × 1
    )


def face_24() -> nn.Sequential:
    """Level 2 that ships: narrow and deep, 1.2 million multiplications a window."""
    return nn.Sequential(
        # 3 × 24 × 24
        nn.Dropout(0.1),
        *conv(3, 16, 3, stride=2, padding=1),  # 16 × 12 × 12
        *conv(16, 32, 3, padding=1),  # 32 × 12 × 12
        nn.MaxPool2d(2),  # 32 × 6 × 6
        *conv(32, 48, 3, padding=1),  # 48 × 6 × 6
        nn.MaxPool2d(2),  # 48 × 3 × 3
        *conv(48, 64, 3),  # 64 × 1 × 1
        nn.Conv2d(64, 2, 1),  # 2 × 1 × 1
    )


def face_48() -> nn.Sequential:
    """Level 3 that ships: it decides, so it is the deepest, 7 million multiplications a window."""
    return nn.Sequential(
        # 3 × 48 × 48
        nn.Dropout(0.1),
        *conv(3, 16, 3, stride=2, padding=1),  # 16 × 24 × 24
        *conv(16, 24, 3, padding=1),  # 24 × 24 × 24
        nn.MaxPool2d(2),  # 24 × 12 × 12
        *conv(24, 32, 3, padding=1),  # 32 × 12 × 12
        *conv(32, 48, 3, padding=1),  # 48 × 12 × 12
        nn.MaxPool2d(2),  # 48 × 6 × 6
        *conv(48, 64, 3, padding=1),  # 64 × 6 × 6
        *conv(64, 96, 3, stride=2, padding=1),  # 96 × 3 × 3
        *conv(96, 128, 3),  # 128 × 1 × 1
        nn.Dropout(0.2),
        nn.Conv2d(128, 2, 1),  # 2 × 1 × 1
    )
