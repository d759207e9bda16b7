"""A training's run in the store of runs: begun, or gone on with after an interruption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from smilecascade import runs
from smilecascade.errors import RunsError
from smilecascade.mipmaps import Pixels

#: The file in a training's folder that names its run.
RUN = "run.txt"


class Record(Protocol):
    """What a training tells of itself; ``runs.Run`` is one."""

    def log(self, values: Mapping[str, float], step: int) -> None:
        """Values by the name of their metric."""

    def image(self, name: str, pixels: Pixels, step: int) -> None:
        """A picture, RGB uint8 (H, W, 3)."""

    def flush(self) -> None:
        """Come back when what was told is kept: a checkpoint follows, from which it is not told again."""


class Unrecorded:
    """Nothing is kept."""

    def log(self, values: Mapping[str, float], step: int) -> None:
        """Forget the values."""

    def image(self, name: str, pixels: Pixels, step: int) -> None:
        """Forget the picture."""

    def flush(self) -> None:
        """Nothing is kept."""


UNRECORDED = Unrecorded()


@contextmanager
def recorded(name: str, root: Path | None, folder: Path, step: int | None, **facts: Any) -> Iterator[Record]:
    """The run of the training in ``folder``: a new one, or that of before if it goes on from ``step``.

    A training that was killed before its first checkpoint begins again, in the run that it had:
    none is left behind unfinished. root: the folder of runs; None keeps no record. facts: as
    ``runs.start`` takes them.
    """
    if root is None:
        yield UNRECORDED
        return
    note = folder / RUN
    with _begun(name, root, note, step or 0, facts) as run:
        _write(note, run.id)
        yield run


def _write(note: Path, id: str) -> None:
    """Whole or not at all: half a note would leave the run of before behind."""
    note.parent.mkdir(parents=True, exist_ok=True)
    partial = note.with_suffix(".partial")
    partial.write_text(id + "\n", "utf-8")
    partial.replace(note)


def _begun(name: str, root: Path, note: Path, step: int, facts: dict[str, Any]) -> runs.Run:
    if note.exists():
        id = note.read_text("utf-8").strip()
        if _is_known(id, root):
            return runs.start(name, root, resume=id, step=step, **facts)
    return runs.start(name, root, **facts)


def _is_known(id: str, root: Path) -> bool:
    """Whether the run is still there: it may have been deleted, or another folder of runs be named."""
    try:
        return runs.open_store(root).run(id).id == id
    except RunsError:
        return False
