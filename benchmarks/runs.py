"""What logging costs a training, and how long a million points take to be looked at.

python benchmarks/runs.py

log: microseconds of one call on the training's thread, at 1000 calls a second, as a fast training
makes them, while the writer does its work beside it. Open: seconds until a run of a million points
of one metric is downsampled to 1000, with the store opened anew; the median of 9.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from smilecascade import runs

CALLS = 10_000
PAUSE_S = 0.001
MILLION = 1_000_000
SHOWN = 1000


def logged_us(folder: Path, scalars: int) -> np.ndarray:
    """Microseconds of each call of ``log`` with so many scalars."""
    values = {f"metric {number}": number / 7 for number in range(scalars)}
    taken_ns = []
    with runs.start(f"{scalars} scalars", folder) as run:
        for step in range(CALLS):
            begun_ns = time.perf_counter_ns()
            run.log(values, step)
            taken_ns.append(time.perf_counter_ns() - begun_ns)
            time.sleep(PAUSE_S)
    return np.array(taken_ns) / 1000


def store_million(folder: Path) -> str:
    """A run of a million points of a noisy loss; its id."""
    values = np.random.default_rng(0).normal(size=MILLION).tolist()
    with runs.start("a million", folder) as run:
        for start in range(0, MILLION, 100_000):
            for step in range(start, start + 100_000):
                run.log({"loss": values[step]}, step)
            time.sleep(1)
    return run.id


def elapsed_s(folder: Path, run: str, low: int, high: int) -> float:
    """Seconds to open the store and downsample a part of the run."""
    begun_s = time.perf_counter()
    with runs.open_store(folder) as store:
        points = store.downsampled(run, "loss", SHOWN, low=low, high=high)
    assert SHOWN // 2 < len(points) <= SHOWN
    return time.perf_counter() - begun_s


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        folder = Path(name)
        for scalars in (1, 5):
            taken_us = logged_us(folder, scalars)
            middle, slow = np.median(taken_us), np.percentile(taken_us, 99)
            print(f"log, {scalars} scalars: median {middle:.1f} µs, p99 {slow:.1f} µs (median at most 20)")
        run = store_million(folder)
        for title, low, high in (("the whole", 0, MILLION), ("a tenth of it", 450_000, 550_000)):
            seconds = median(elapsed_s(folder, run, low, high) for _ in range(9))
            print(f"open {title}: {seconds:.3f} s (at most 1)")
        print(f"size: {(folder / 'runs.sqlite').stat().st_size / MILLION:.1f} bytes a point")


if __name__ == "__main__":
    main()
