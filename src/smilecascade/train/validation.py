"""What a net reaches, while it learns, on samples that it does not learn from."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from smilecascade.nets import Net, Outputs
from smilecascade.train.loop import Validate, Validation, in_float32, normalised
from smilecascade.train.losses import errors
from smilecascade.train.samples import Samples
from smilecascade.train.sheet import mistakes

#: Windows asked about at once: the maps of the larger nets take megabytes each.
_AT_ONCE = 256


def validation(samples: Samples) -> Validate:
    """Figures on fixed samples, the first batch, and of a classifier the worst of them as a picture."""
    batch = samples.batch(0)

    def validate(net: Net) -> Validation:
        with torch.autocast(_device(net).type, torch.bfloat16, enabled=samples.spec.precision == "bfloat16"):
            outputs = in_float32(_said(net, batch.pixels))
        figures, pictures = errors(outputs, batch), {}
        if outputs.face is not None:
            logits = outputs.face.flatten()
            figures |= _classification(logits, batch.labels)
            pictures["mistakes"] = mistakes(batch, logits)
        return Validation(figures, pictures)

    return validate


def _device(net: Net) -> torch.device:
    return next(net.parameters()).device


def _said(net: Net, pixels: Tensor) -> Outputs:
    """What a net says of windows (N, 3, S, S), on the processor."""
    device = _device(net)
    parts = [net(normalised(part.to(device))) for part in torch.split(pixels, _AT_ONCE)]
    return Outputs(*(None if each[0] is None else torch.cat(each).cpu() for each in zip(*parts, strict=True)))


def _classification(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """Loss, error, and the recall at one alarm in a hundred windows without a face.

    NaN of a net that has diverged: an answer that is no number is not right half of the time.
    """
    logits, labels = logits[labels >= 0], labels[labels >= 0]
    score, face = torch.sigmoid(logits).numpy(), labels.numpy() == 1
    alarm, wrong = np.quantile(score[~face], 0.99), (score >= 0.5) != face
    return {
        "val_loss": float(nn.functional.binary_cross_entropy_with_logits(logits, labels.float())),
        "val_error": float(np.where(np.isnan(score), np.nan, wrong).mean()),
        "val_recall_at_1pc": float(np.where(np.isnan(alarm), np.nan, score[face] > alarm).mean()),
    }
