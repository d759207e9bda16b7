"""What these nets are told: the votes as they fell, smiles, mouths and eyes."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from smilecascade.express import EMOTIONS
from smilecascade.train.expression.recipe import ExpressionSpec


def loss(logits: Tensor, targets: Tensor, spec: ExpressionSpec) -> Tensor:
    """The loss of (B, C) logits against targets, NaN where unknown; a scalar.

    Of C ≥ 8 the first eight are the expressions, a distribution; all others are told yes or no.
    """
    count = len(EMOTIONS) if logits.shape[1] >= len(EMOTIONS) else 0
    total = logits.sum() * 0
    if count:
        total = total + _told(logits[:, :count], targets[:, :count])
    answers = logits[:, count:]
    if not count:
        return total + _yes_or_no(answers, targets)
    return total + spec.smile_weight * _yes_or_no(answers, targets[:, count:])


def _told(logits: Tensor, shares: Tensor) -> Tensor:
    """Cross-entropy with the shares of votes, where somebody voted."""
    known = ~shares[:, 0].isnan()
    return functional.cross_entropy(logits[known], shares[known]) if known.any() else logits.sum() * 0


def _yes_or_no(logits: Tensor, targets: Tensor) -> Tensor:
    """Of every column the mean over the rows that are told, and the sum of these."""
    known = ~targets.isnan()
    losses = functional.binary_cross_entropy_with_logits(logits, targets.nan_to_num(), reduction="none")
    summed: Tensor = ((losses * known).sum(0) / known.sum(0).clamp(min=1)).sum()
    return summed
