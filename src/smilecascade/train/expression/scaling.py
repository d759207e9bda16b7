"""How sure to sound, and of what: what makes the probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from smilecascade.express.emotions import EMOTIONS
from smilecascade.geometry.boxes import FloatArray

#: Weight of the squared biases, so that a handful of rare faces moves none far.
_CAUTION = 1e-3

#: How far to lean towards rare expressions, as a power of how rare they are among the faces to choose by:
#: 0 is likeliest right, and hardly ever says disgust or contempt; 1 takes all for as frequent.
LEAN = 0.15


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """Logits of the expressions are divided by the temperature, then the biases are added."""

    temperature: float = 1.0
    biases: tuple[float, ...] = (0.0,) * len(EMOTIONS)

    def of(self, logits: FloatArray) -> FloatArray:
        """The scaled logits (N, 8)."""
        scaled: FloatArray = logits / np.float32(self.temperature) + np.array(self.biases, np.float32)
        return scaled


def fitted(logits: FloatArray, truth: NDArray[np.int64], *, lean: float = LEAN) -> Scaling:
    """The scaling at which (N, 8) logits make N true expressions likeliest, leaned towards rare ones.

    The net learned from shares of votes, with rare faces shown more often; what counts is the expression
    that most people see. Of no faces the logits stay. Source: Guo et al., "On Calibration of Modern
    Neural Networks" (2017), section 4.2, vector scaling with one scale.
    """
    if not len(logits):
        return Scaling()
    given, true = torch.from_numpy(logits).double(), torch.from_numpy(truth)
    sharpness = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    biases = torch.zeros(len(EMOTIONS), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([sharpness, biases], max_iter=100, line_search_fn="strong_wolfe")

    def surprise() -> torch.Tensor:
        optimiser.zero_grad()
        scaled = given * sharpness.exp() + biases
        total = functional.cross_entropy(scaled, true) + _CAUTION * biases.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(surprise)  # type: ignore[no-untyped-call]
    rarity = -np.log((np.bincount(truth, minlength=len(EMOTIONS)) + 1) / (len(truth) + len(EMOTIONS)))
    leaned = biases.detach().numpy() + lean * rarity
    return Scaling(temperature=float(torch.exp(-sharpness.detach())), biases=tuple(leaned.tolist()))
