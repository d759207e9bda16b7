"""A copy of what a run logs as TensorBoard's event files; needs the extra 'tensorboard'."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from logging import ERROR, getLogger
from pathlib import Path
from typing import Any

from smilecascade.errors import RunsError
from smilecascade.runs import files
from smilecascade.runs.pictures import Picture
from smilecascade.runs.waiting import Point


class Mirror:
    """Event files of one run, begun with the first point or picture."""

    def __init__(self, root: Path, run: str, step: int | None = None) -> None:
        """Raises RunsError where the extra is missing.

        What earlier files of the run say after ``step`` is forgotten.
        """
        require_library()
        self._folder = root / files.folder(files.TENSORBOARD, run)
        self._purged = None if step is None else step + 1
        self._opened: Any = None

    def copy(self, points: Iterable[Point], pictures: Iterable[Picture]) -> None:
        """Copy these points and pictures."""
        for name, step, time, value in points:
            self._writer.add_scalar(name, value, step, time)
        for each in pictures:
            self._writer.add_image(each.name, each.pixels, each.step, each.time, dataformats="HWC")

    def close(self) -> None:
        """Write what is left."""
        if self._opened:
            self._opened.close()

    @property
    def _writer(self) -> Any:
        if self._opened is None:
            self._opened = _library().SummaryWriter(str(self._folder), purge_step=self._purged)
        return self._opened


def require_library() -> None:
    """Raise RunsError where the extra is not installed."""
    _library()


def _library() -> Any:
    # It would say of every NaN that it is one.
    getLogger("tensorboardX.x2num").setLevel(ERROR)
    try:
        return import_module("tensorboardX")
    except ModuleNotFoundError as error:
        raise RunsError(
            "tensorboardX is not installed and tensorboard=True needs it: "
            "pip install 'smilecascade[tensorboard]'"
        ) from error
