"""What drawing batches from two million samples takes, and how much of them comes to be resident.

    python benchmarks/shards.py FOLDER [--written]

In an empty folder, of which nothing is left, two sets are made: face crops of 128 px and negatives
of 48 px. Batches of 192 faces and 192 negatives are then drawn from them by three readers, a process
each: the shards of ``train``, the same files mapped into memory, and mapped ones whose pages are
given back after each reading. A line a reader: ms of the processor for a whole batch, augmented, and
for its rows alone, of 48 and of 128 px, as long as the system has them cached; ms that pass where it
has not, since it is made to drop them before each reading (what is mapped, and not given back, it
keeps); by how many MB resident memory grew at most.

The sets are holes: files of the right length that read as zeros, pages like any others, and never
touch the disk. ``--written`` fills them with noise, 24 GB, for what is not cached to be a matter of
the disk.
"""

from __future__ import annotations

import mmap
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import click
import numpy as np
import torch

from smilecascade.evaluate.report import markdown
from smilecascade.mipmaps import Pixels
from smilecascade.specs import TrainSpec
from smilecascade.train.crops import FaceCrops
from smilecascade.train.samples import Samples
from smilecascade.train.shards import SHARD_BYTES, Shards, write
from smilecascade.train.stored import note_inputs

#: Side of a sample of either set.
SIDES = {"negatives": 48, "faces": 128}
DRAWN = 192
BATCHES = 50
TITLES = ("reader", "ms a batch", "48 px", "128 px", "48 px, not cached", "128 px, not cached", "MB more")


class Mapped:
    """The same shards, mapped: what is read stays in memory until the system needs it."""

    def __init__(self, folder: Path) -> None:
        self.parts = [np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))]
        self.shape = (sum(map(len, self.parts)), *self.parts[0].shape[1:])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: np.ndarray) -> Pixels:
        found = np.empty((len(rows), *self.shape[1:]), np.uint8)
        for sample, row in zip(found, rows.tolist(), strict=True):
            shard, within = divmod(row, len(self.parts[0]))
            sample[:] = self.parts[shard][within]
        return found


class GivenBack(Mapped):
    """Mapped, with no more read from disk than is asked for, and nothing of it kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        for part in self.parts:
            part.base.madvise(mmap.MADV_RANDOM)

    def __getitem__(self, rows: np.ndarray) -> Pixels:
        found = super().__getitem__(rows)
        for part in self.parts:
            part.base.madvise(mmap.MADV_DONTNEED)
        return found


READERS: dict[str, Callable[[Path], Shards | Mapped]] = {
    "shards": Shards,
    "mapped": Mapped,
    "mapped, given back": GivenBack,
}


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--negatives", default=2_000_000, show_default=True)
@click.option("--faces", default=200_000, show_default=True)
@click.option("--written", is_flag=True, help="Fill the files with noise.")
def main(folder: Path, negatives: int, faces: int, written: bool) -> None:
    """Measure and print."""
    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(f"{folder}: is not empty; name a new folder")
    try:
        for name, count in (("negatives", negatives), ("faces", faces)):
            (noise if written else holes)(folder / name, count, SIDES[name])
        lines = [measured_apart(folder, reader) for reader in READERS]
    finally:
        shutil.rmtree(folder)
    click.echo(markdown(TITLES, lines))


def holes(folder: Path, count: int, side: int) -> None:
    """Shards of zeros that take no room on the disk."""
    folder.mkdir(parents=True)
    rows = SHARD_BYTES // (3 * side * side)
    for number, start in enumerate(range(0, count, rows)):
        shape = (min(rows, count - start), side, side, 3)
        np.lib.format.open_memmap(folder / f"{number:05d}.npy", "w+", np.uint8, shape)
    note_inputs(folder, {}, count=count, shape=[side, side, 3], rows=rows)


def noise(folder: Path, count: int, side: int) -> None:
    """Shards of random bytes, a thousand samples at a time."""

    def parts() -> Iterator[Pixels]:
        rng = np.random.default_rng(0)
        for start in range(0, count, 1000):
            shape = (min(1000, count - start), side, side, 3)
            yield np.frombuffer(rng.bytes(int(np.prod(shape))), np.uint8).reshape(shape)

    write(parts(), folder, (side, side, 3), {})


def measured_apart(folder: Path, reader: str) -> tuple[str, ...]:
    """The line of a reader, measured in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as processes:
        return processes.submit(measured, folder, reader).result()


def measured(folder: Path, reader: str) -> tuple[str, ...]:
    """The line of a reader."""
    torch.set_num_threads(1)
    stacks = {name: READERS[reader](folder / name) for name in SIDES}
    samples = samples_of(stacks["faces"], stacks["negatives"])
    samples.batch(0)
    before_mb = resident_mb("VmRSS")
    batch_ms = [
        elapsed_ms(lambda step=step: samples.batch(step), time.process_time) for step in range(1, BATCHES)
    ]
    grown_mb = resident_mb("VmHWM") - before_mb
    rows_ms = [
        rows_read_ms(stack, folder / name, cached)
        for cached in (True, False)
        for name, stack in stacks.items()
    ]
    return (reader, *(f"{ms:.2f}" for ms in (median(batch_ms), *rows_ms)), f"{grown_mb:.0f}")


def samples_of(faces: Shards | Mapped, negatives: Shards | Mapped) -> Samples:
    """Samples as level 3 draws them."""
    count = len(faces)
    crops = FaceCrops(
        pixels=faces,  # type: ignore[arg-type]
        sets=np.array(["people"] * count),
        side=np.full(count, 60, np.float32),
        alone=np.zeros(count, bool),
        points=np.zeros((count, 6, 2), np.float32),
    )
    spec = TrainSpec(net="joint-48", steps=BATCHES, batch=2 * DRAWN, positives=0.5)
    return Samples(crops, negatives, SIDES["negatives"], spec)  # type: ignore[arg-type]


def rows_read_ms(stack: Shards | Mapped, folder: Path, cached: bool) -> float:
    """Median ms to read the same random rows again and again, or each time anew."""
    rng, times_ms = np.random.default_rng(1), []
    for _ in range(BATCHES):
        rows = rng.integers(len(stack), size=DRAWN)
        if cached:
            Shards(folder)[rows]
        else:
            drop(folder)
        clock = time.process_time if cached else time.perf_counter
        times_ms.append(elapsed_ms(lambda rows=rows: stack[rows], clock))
    return median(times_ms)


def drop(folder: Path) -> None:
    """Have the system forget what it cached of these files."""
    for path in folder.glob("*.npy"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def elapsed_ms(action: Callable[[], object], clock: Callable[[], float]) -> float:
    """How long something takes; a busy machine does not lengthen the processor's time."""
    started_s = clock()
    action()
    return 1000 * (clock() - started_s)


def resident_mb(what: str) -> float:
    """A figure of this process in /proc: VmRSS, resident now; VmHWM, at most so far."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1000


if __name__ == "__main__":
    main()
