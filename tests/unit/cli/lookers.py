"""What a worker process does in tests: it must be importable there."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from smilecascade.cli.inputs import Task
from smilecascade.cli.looking import Look, Sink
from smilecascade.errors import ImageError
from smilecascade.export import FoundFaces, FoundFrame, Unread


def fails_to_open() -> Look:
    raise ImageError("no weights")


def dies_as_it_opens() -> Look:
    os._exit(3)


@dataclass(frozen=True)
class Looker:
    """Finds nothing in a photo; its name may say otherwise, and what is done is noted in a folder.

    kill…: the process is killed. once…: it is killed the first time. raise…: an error is raised.
    slow…: takes a while. video…: has frames, and "videokill" is killed after three of them.
    """

    notes: Path

    def __call__(self) -> Look:
        return self.look

    def look(self, tasks: Sequence[Task], sink: Sink) -> None:
        for task in tasks:
            name = task.path.name
            again = (self.notes / name).exists()
            with (self.notes / name).open("a") as note:
                note.write(f"{os.getpid()}\n")
            if name.startswith("kill") or (name.startswith("once") and not again):
                os.kill(os.getpid(), signal.SIGKILL)
            if name.startswith("raise"):
                raise ImageError(f"{name}: cannot be drawn")
            if name.startswith("slow"):
                time.sleep(0.5)
            for frame in range(3 if name.startswith("video") else 0):
                sink.write(FoundFrame(path=str(task.path), frame=frame, time_s=frame / 25, faces=()))
            if name.startswith("videokill"):
                time.sleep(0.2)  # the frames are told by then
                os.kill(os.getpid(), signal.SIGKILL)
            if name.startswith("missing"):
                sink.write(Unread(path=str(task.path), error="there is no such file"))
            elif not name.startswith("video"):
                sink.write(FoundFaces(path=str(task.path), width=1, height=1, faces=()))
            sink.finished()
