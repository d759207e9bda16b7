"""The store of runs: what trainings write while they learn, and what is read of it meanwhile.

with runs.start("level3", config={"steps": 40000}, seed=1) as run:
    run.log({"loss": 0.3, "val_error": 0.1}, step=10)
    run.image("samples", pixels, step=10)

store = runs.open_store(Path("runs"))
newest, *older = store.runs()
points = store.scalars(newest.id, "loss")

A folder of runs holds one SQLite file, ``runs.sqlite``, the pictures in ``images/``, a folder a
run, and, where they are asked for, TensorBoard's copies in ``tensorboard/``. Any number of
trainings may write into it and any number of readers look, at the same time, on one machine:
SQLite's write-ahead log, which this needs, does not work over a network file system.
"""

from smilecascade.runs.info import Metric, Points, RunImage, RunInfo, State
from smilecascade.runs.run import Run, start
from smilecascade.runs.store import Store, open_store

__all__ = [
    "Metric",
    "Points",
    "Run",
    "RunImage",
    "RunInfo",
    "State",
    "Store",
    "open_store",
    "start",
]
