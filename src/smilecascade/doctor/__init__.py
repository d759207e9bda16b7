"""What this installation is made of, what is wrong with it, and what mends that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smilecascade.doctor import detector, machine, versions
from smilecascade.doctor.findings import Finding

__all__ = ["Finding", "examine"]


def examine(bundle: Path | None = None) -> Iterator[Finding]:
    """Look at everything, and tell of each as soon as it is known; nothing that is wrong raises.

    bundle: the folder of a bundle; None: the one that comes with the program.
    """
    yield from versions.examine()
    yield from machine.examine()
    yield from detector.examine(bundle)
