"""Where the files of a run lie: in a folder of their kind, in a folder of the run."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from smilecascade.errors import RunsError

#: Pictures, in a folder of runs.
IMAGES = "images"

#: TensorBoard's event files: what ``tensorboard --logdir`` is to be given.
TENSORBOARD = "tensorboard"

#: Characters of a picture's name that its file shows.
SHOWN = 64


def folder(kind: str, run: str) -> Path:
    """The folder of this kind of files of a run, relative to the folder of runs.

    Raises RunsError for an id that would lead elsewhere, which only a forged store has.
    """
    if not re.fullmatch(r"[0-9a-z-]+", run):
        raise RunsError(f"{run!r}: is no id of a run; the store was altered, put a copy in its place")
    return Path(kind, run)


def picture(run: str, name: str, step: int) -> Path:
    """The file of a picture, relative to the folder of runs; another name, another file.

    It shows the name in the characters a-z, 0-9, - and _ alone.
    """
    plain = re.sub(r"[^a-z0-9_-]+", "-", name.lower())[:SHOWN]
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    shown = plain if plain == name != "" else f"{plain}-{digest}"
    return folder(IMAGES, run) / f"{shown}.{step}.png"
