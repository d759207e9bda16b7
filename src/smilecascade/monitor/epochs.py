"""How long an epoch is, where the config of a run tells."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from smilecascade.runs.compare import flattened

#: Keys, at any depth of a config, that hold the steps in which every sample is seen once.
KEYS = ("steps_per_epoch", "epoch_steps")


def epoch_steps(config: Mapping[str, Any]) -> float | None:
    """Steps of an epoch; None where the config does not tell."""
    for key, text in flattened(config):
        if key.rpartition(".")[2] in KEYS and (steps := _positive(text)) is not None:
            return steps
    return None


def _positive(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) and number > 0 else None
