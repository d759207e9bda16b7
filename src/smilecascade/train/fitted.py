"""A net trained on samples, and recorded as a run: what every training of a bundle's nets does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from smilecascade.nets import Net
from smilecascade.train.loop import Progress, Validate, fit, step_reached
from smilecascade.train.processes import ALONE, Processes
from smilecascade.train.record import recorded
from smilecascade.train.samples import Samples
from smilecascade.train.sheet import contact_sheet


def fitted(
    name: str,
    samples: Samples,
    folder: Path,
    *,
    config: Mapping[str, Any],
    data: str,
    runs: Path | None,
    validate: Validate,
    initial: Mapping[str, Tensor] | None = None,
    progress: Progress = lambda step, loss: None,
    processes: Processes = ALONE,
) -> Net:
    """Train ``samples.spec``'s net in ``folder`` (``loop.fit``), as the run ``name`` in the folder ``runs``.

    config: what the run was started with, as plain values; data: a fingerprint of what it learns
    from. Of several processes the first one records.
    """
    spec = samples.spec
    facts = {
        "config": {**config, "steps_per_epoch": samples.steps_per_epoch},
        "seed": spec.seed,
        "data": data,
    }
    root = runs if processes.is_first else None
    with recorded(name, root, folder, step_reached(folder), **facts) as record:
        record.image("samples", contact_sheet(samples.batch(0)), 0)
        return fit(
            samples,
            spec,
            folder,
            validate=validate,
            initial=initial,
            record=record,
            progress=progress,
            processes=processes,
        )
