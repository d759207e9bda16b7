"""How a training is run, whatever is trained: who is told of it, and who takes part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smilecascade.train.loop import Progress
from smilecascade.train.materials import Track, untracked
from smilecascade.train.opinions import Opinion
from smilecascade.train.processes import ALONE, Processes


@dataclass(frozen=True, kw_only=True)
class Session:
    """What is the same for all nets that one command trains; without anything it is silent.

    runs: the folder of runs that trainings are recorded in; None keeps no record. resume: whether
    a training that was begun before goes on, or is refused. prefix: what the names of its runs begin
    with. opinion: another detector's, of the photos. say: is told what begins now, as a sentence for a
    person. processes: all of them train, the first one does the rest.
    """

    runs: Path | None = None
    resume: bool = True
    prefix: str = ""
    opinion: Opinion | None = None
    say: Callable[[str], None] = lambda text: None
    track: Track = untracked
    progress: Progress = lambda step, loss: None
    processes: Processes = ALONE


#: Nobody is told, and nothing recorded.
SILENT = Session()
