"""Classifiers of the sources: is this window a face?

Input: (N, 3, S, S) float32, RGB scaled to −1..1. The last layer gives (N, 2, 1, 1) logits of
(no face, face) for windows of the net's own size S. Dense layers are written as convolutions
that cover what is left of the window, so that every net also slides over a whole picture: a
larger input gives (N, 2, h, w), one pair of logits every ``stride`` pixels.

Source: Li et al., "A Convolutional Neural Network Cascade for Face Detection" (CVPR 2015),
section 3.2. Batch normalisation follows every convolution but the last, and lets the dropout
on the input be as low as 0.1. The margin gives each layer's output for one window,
channels × height × width.
"""

from __future__ import annotations

from torch import nn

from smilecascade.nets.layers import conv
from smilecascade.nets.outputs import Classifier


def li_12() -> Classifier:
    """Level 1 of Li et al.: one convolution, one pooling, a dense layer of 16."""
    return Classifier(
        # 3 × 12 × 12
        nn.Dropout(0.1),
        *conv(3, 16, 3),  # 16 × 10 × 10
        nn.MaxPool2d(3, 2),  # 16 × 4 × 4
        *conv(16, 16, 4),  # 16 × 1 × 1
        nn.Conv2d(16, 2, 1),  # 2 × 1 × 1
    )


def li_24() -> Classifier:
    """Level 2 of Li et al.: one convolution, one pooling, a dense layer of 128."""
    return Classifier(
        # 3 × 24 × 24
        nn.Dropout(0.1),
        *conv(3, 64, 5),  # 64 × 20 × 20
        nn.MaxPool2d(3, 2),  # 64 × 9 × 9
        *conv(64, 128, 9),  # 128 × 1 × 1
        nn.Conv2d(128, 2, 1),  # 2 × 1 × 1
    )


def li_48() -> Classifier:
    """Level 3 of Li et al.: two convolutions, two poolings, a dense layer of 256."""
    return Classifier(
        # 3 × 48 × 48
        nn.Dropout(0.1),
        *conv(3, 64, 5),  # 64 × 44 × 44
        nn.MaxPool2d(3, 2),  # 64 × 21 × 21
        *conv(64, 64, 5),  # 64 × 17 × 17
        nn.MaxPool2d(3, 2),  # 64 × 8 × 8
        *conv(64, 256, 8),  # 256 × 1 × 1
        nn.Conv2d(256, 2, 1),  # 2 × 1 × 1
    )
