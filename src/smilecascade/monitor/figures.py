"""Which way is better: what the name of a metric says of its values."""

from __future__ import annotations

import re
from typing import Literal

Better = Literal["lower", "higher"]

_LOWER = "loss losses error errors err alarm alarms mistakes regret perplexity mae mse rmse windows ms"
_HIGHER = "accuracy acc recall precision ap map auc f1 iou score reward kept"


def better(name: str) -> Better | None:
    """Whether lower or higher values of this metric are better; None where its name does not tell.

    Words of a name are split at whatever is no letter or digit; the last word that tells counts,
    since it is the noun: "recall_error" is an error.
    """
    for word in reversed(re.split(r"[^a-z0-9]+", name.lower())):
        if word in _LOWER.split():
            return "lower"
        if word in _HIGHER.split():
            return "higher"
    return None
