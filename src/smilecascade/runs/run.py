"""A run as its training sees it: begun or resumed, logged into, and ended."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from smilecascade.images import check_rgb
from smilecascade.images.arrays import Pixels
from smilecascade.runs.begin import Begun, begin, resumed
from smilecascade.runs.mirror import Mirror, require_library
from smilecascade.runs.pictures import Picture
from smilecascade.runs.schema import storable
from smilecascade.runs.waiting import Point
from smilecascade.runs.writer import Writer


class Run:
    """A run that is running, until the ``with`` block that it is for is left.

    Left without an exception it is finished, with one it has failed, and the exception's type and
    message are stored. What is logged is in the store a second later. May be shared by threads;
    after its end, and in a process forked from this one, it does nothing.
    """

    def __init__(self, root: Path, begun: Begun, mirror: Mirror | None = None) -> None:
        """Begin to write; ``start`` makes what belongs here."""
        self.id = begun.id
        self._process = os.getpid()
        self._over = False
        self._writer = Writer(root, begun.id, begun.generation, mirror)

    @property
    def dropped(self) -> int:
        """How many points are lost, since the store could not be written for very long."""
        return self._writer.points.dropped

    def log(self, values: Mapping[str, float], step: int) -> None:
        """Store these values, by the name of their metric, as those of ``step``.

        Takes microseconds, waits for nothing and never raises: a value that is no number, or a
        step that is no whole one of 64 bits, is left out, and warned of once.
        """
        if not self._is_open():
            return
        now = time.time()
        try:
            at = _whole(step)
            points = [(str(name), at, now, float(value)) for name, value in values.items()]
        except Exception:
            points = self._usable(values, step, now)
        self._writer.points.put(points)

    def image(self, name: str, pixels: Pixels, step: int) -> None:
        """Store a picture, RGB uint8 (H, W, 3), in place of an earlier one of this name and step.

        The pixels are copied, and written later. Raises TypeError or ValueError for pixels that are
        none; a file that cannot be written is warned of and tried again.
        """
        if check_rgb(pixels).size == 0:
            raise ValueError(f"{name}: expected a picture with pixels, got shape {pixels.shape}")
        if self._is_open():
            picture = Picture(name=storable(name), step=_whole(step), time=time.time(), pixels=pixels.copy())
            self._writer.pictures.put(picture)

    def flush(self) -> None:
        """Wait until what was logged is stored: for milliseconds, or for seconds where that is not possible.

        To be called before a checkpoint is written: whoever goes on from it will not log this again.
        """
        if self._is_open():
            self._writer.flush()

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_open():
            self._over = True
            self._writer.end("finished" if error is None else "failed", _described(error))

    def _usable(self, values: Mapping[str, float], step: int, now: float) -> list[Point]:
        """The points that can be kept of what was logged wrongly."""
        points = []
        try:
            at = _whole(step)
            for name, value in values.items():
                try:
                    points.append((str(name), at, now, float(value)))
                except Exception:
                    text = f"expected a number, got {type(value).__name__}; it is left out"
                    self._writer.complaints.once("value", f"{name!r}: {text}")
        except Exception as error:
            self._writer.complaints.once("call", f"log was called wrongly ({error}); it is left out")
        return points

    def _is_open(self) -> bool:
        """Whether there is a writer: a fork takes no threads along, and the store has one owner."""
        return not self._over and os.getpid() == self._process


def start(
    name: str,
    root: Path = Path("runs"),
    *,
    config: Mapping[str, Any] | None = None,
    seed: int | None = None,
    data: str | None = None,
    notes: str = "",
    resume: str | None = None,
    step: int | None = None,
    tensorboard: bool = False,
) -> Run:
    """Begin a run in the store in the folder ``root``, which is made where it is missing.

    config: what it is started with, as plain values; data: a fingerprint of what it learns from.
    resume: id, name or beginning of the id of a run to go on with instead, at ``step``: what it
    logged after that step is dropped, and what is not given here again stays.
    tensorboard: write TensorBoard's event files too, into the folder ``tensorboard`` in ``root``.

    Raises RunsError where the store cannot be written, is damaged or of another format, where the
    run to resume is unknown or still running, and where the extra 'tensorboard' is missing.
    """
    if tensorboard:
        require_library()
    # A training may change its folder.
    root = Path(root).absolute()
    facts = {"name": name, "config": config, "seed": seed, "data": data, "notes": notes}
    begun = begin(root, **facts) if resume is None else resumed(root, resume, step, **facts)
    return Run(root, begun, Mirror(root, begun.id, step) if tensorboard else None)


def _whole(step: int) -> int:
    whole = int(step)
    if whole != step or not -(2**63) <= whole < 2**63:
        raise ValueError(f"step: expected a whole number of 64 bits, got {step!r}")
    return whole


def _described(error: BaseException | None) -> str | None:
    if error is None:
        return None
    return storable(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
