"""Warnings of what a training must not fail of: each kind once a run, in the log."""

from __future__ import annotations

from logging import getLogger

_LOGGER = getLogger("smilecascade.runs")


class Complaints:
    """What was wrong with one run so far."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._made: set[str] = set()

    def once(self, kind: str, text: str) -> None:
        """Warn, unless something of this kind was warned of before."""
        if kind not in self._made:
            self._made.add(kind)
            _LOGGER.warning("run %s: %s", self._run, text)
