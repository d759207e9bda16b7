"""Where and how an experiment is run, whichever it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from smilecascade.train.experiments.materials import Materials
from smilecascade.train.experiments.trainings import Watch


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What all experiments are given.

    materials: what nets learn from, and where the work is done. out: the folder of the reports. quick: a
    few steps with one seed, to see whether it runs. photo: one to draw windows on, or None. command: as
    the report tells it.
    """

    materials: Materials
    out: Path
    quick: bool
    photo: Path | None
    watch: Watch
    command: str

    @property
    def made_by(self) -> str:
        """The sentences at the end of a report that say how it was made."""
        quick = "**A quick run of a few steps: its figures mean nothing.** " if self.quick else ""
        return f"{quick}Made by `{self.command}`."
