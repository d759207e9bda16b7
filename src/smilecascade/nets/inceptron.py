"""The article's Inceptron: Inception modules upon one another, without a stem or auxiliary outputs.

Input: (N, 3, 64, 64) float32, RGB scaled to −1..1; the face's logit comes out. Convolutions keep the
size of their map; each module ends in a pooling 3×3 of stride 2 and padding 1. The margin gives each
layer's output for one window, channels × height × width.

Sources: "Deep learning in the garage: two networks" (the widths; the branch with the pooling was
beyond its library); Szegedy et al., "Going Deeper with Convolutions" (2014), figure 2b.
"""

from __future__ import annotations

from typing import TypedDict

import torch
from torch import Tensor, nn

from smilecascade.nets.layers import normalisable
from smilecascade.nets.outputs import Classifier


class _Options(TypedDict, total=False):
    """What of an Inceptron differs from the article's."""

    modules: int
    normalised: bool
    pooled: bool


class Module(nn.Module):
    """Branches that see the same map with kernels of 1, 3 and 5, concatenated, then pooled.

    one: channels of the branch 1×1. three, five: channels of the 1×1 that narrows, and of the
    convolution after it. pooled: channels of the branch max pool 3×3 → 1×1; 0 is the article's module,
    which lacks it.
    """

    def __init__(
        self,
        inputs: int,
        one: int,
        three: tuple[int, int],
        five: tuple[int, int],
        *,
        pooled: int,
        normalised: bool,
    ) -> None:
        super().__init__()
        self.outputs = one + three[1] + five[1] + pooled
        self.branches = nn.ModuleList(
            [
                nn.Sequential(*normalisable(inputs, one, 1, normalised=normalised)),
                nn.Sequential(
                    *normalisable(inputs, three[0], 1, normalised=normalised),
                    *normalisable(*three, 3, padding=1, normalised=normalised),
                ),
                nn.Sequential(
                    *normalisable(inputs, five[0], 1, normalised=normalised),
                    *normalisable(*five, 5, padding=2, normalised=normalised),
                ),
            ]
        )
        if pooled:
            pool = nn.MaxPool2d(3, stride=1, padding=1)
            self.branches.append(nn.Sequential(pool, *normalisable(inputs, pooled, 1, normalised=normalised)))
        self.pool = nn.MaxPool2d(3, stride=2, padding=1)

    def forward(self, maps: Tensor) -> Tensor:
        """(N, inputs, h, w) to (N, outputs, ⌈h/2⌉, ⌈w/2⌉)."""
        pooled: Tensor = self.pool(torch.cat([branch(maps) for branch in self.branches], dim=1))
        return pooled


#: The nets that are compared, by name.
VARIANTS: dict[str, _Options] = {
    "article-64-inceptron": {},
    "inceptron-3-norm": {"normalised": True},
    "inceptron-4": {"modules": 4},
    "inceptron-4-norm": {"modules": 4, "normalised": True},
    "inceptron-3-pooled": {"pooled": True},
}


def inceptron_64(*, modules: int = 3, normalised: bool = False, pooled: bool = False) -> Classifier:
    """Three modules, or four: the third again. ``pooled``: with the branch that the author had to drop."""
    layers, width, side = [], 3, 64
    for one, three, five, extra in _MODULES[:modules]:
        module = Module(width, one, three, five, pooled=extra * pooled, normalised=normalised)
        layers.append(module)
        width, side = module.outputs, (side + 1) // 2
    return Classifier(
        # 3 × 64 × 64
        nn.Dropout(0.1),
        *layers,  # 112 × 32 × 32, 208 × 16 × 16, 224 × 8 × 8, 224 × 4 × 4
        nn.Dropout(0.5),
        *normalisable(width, 256, side, normalised=normalised),  # 256 × 1 × 1
        nn.Dropout(0.5),
        nn.Conv2d(256, 2, 1),  # 2 × 1 × 1
    )


#: Of each module: the branch of kernel 1, of 3, of 5, and of the pooling, which is as wide as in GoogLeNet.
_MODULES: tuple[tuple[int, tuple[int, int], tuple[int, int], int], ...] = (
    (32, (48, 64), (8, 16), 32),
    (64, (64, 96), (16, 48), 64),
    (96, (48, 104), (8, 24), 64),
    (96, (48, 104), (8, 24), 64),
)
