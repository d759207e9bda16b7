"""Calibrators by themselves, side by side: the sources' nets, and direct regression against classes.

The article names a window's displacement as one of 45 classes, says that this beats predicting
it directly, and distrusts the error in classes as a measure. Here each net is trained both
ways on the same windows, with the error of the displacement beside that of the class, and
then asked about the very windows that the levels of a bundle keep.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from smilecascade import images
from smilecascade.bundle import Bundle
from smilecascade.detect.cascade import Detector, Stage
from smilecascade.detect.level import filtered
from smilecascade.errors import SpecError
from smilecascade.evaluate.levels import LEAST_SIDE, LevelSummary, LevelTable
from smilecascade.geometry.boxes import FloatArray
from smilecascade.geometry.calibration import calibrated
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.nets import Net, entry
from smilecascade.records import AnnotatedPhoto
from smilecascade.runs import Points, open_store
from smilecascade.specs import LevelSpec, TrainSpec, to_mapping
from smilecascade.train import sets
from smilecascade.train.crops import FaceCrops
from smilecascade.train.loop import Progress, Validation, check_resumable, fit, normalised, step_reached
from smilecascade.train.losses import errors
from smilecascade.train.materials import Places, Track, faces_of, photos_of, untracked
from smilecascade.train.opinions import Opinion
from smilecascade.train.record import RUN, UNRECORDED, Record, recorded
from smilecascade.train.samples import Samples
from smilecascade.train.targets import expected

#: Each net twice, as classes and directly, with the same batches.
SPECS: dict[str, TrainSpec] = {
    name: TrainSpec(
        net=name, steps=steps, batch=batch, positives=1.0, displaced="classes", displacement_weight=1.0
    )
    for size, steps, batch in (("article-12", 8000, 512), ("li-24", 6000, 384), ("article-48", 2000, 128))
    for name in (f"{size}-cal", f"{size}-direct")
}

#: A line of the comparison's table, a column each.
COLUMNS = (
    "net",
    "weights",
    "class error",
    "displacement error",
    "IoU before",
    "IoU after",
    "windows a face before",
    "windows a face after",
    "minutes",
)

#: How a net moves windows: crops (N, S, S, 3) uint8 to displacements (N, 3).
Predict = Callable[[Pixels], FloatArray]

#: Makes what is told of a training's progress from the net's name and its number of steps.
Watch = Callable[[str, int], Progress]


def compared(
    nets: Sequence[str],
    bundle: Bundle,
    places: Places,
    out: Path,
    *,
    steps: int | None,
    seed: int,
    threads: int,
    runs: Path,
    resume: bool = True,
    opinion: Opinion | None = None,
    track: Track = untracked,
    progress: Watch,
) -> list[dict[str, str]]:
    """Train these nets, ask each about the windows of its level of ``bundle``; a row of ``COLUMNS`` a net.

    Writes ``calibrators.csv`` and ``curves.png`` into the folder ``out``; trainings and their
    checkpoints are in ``places.work / "calibrators"``, and go on from there. They are recorded in
    the folder ``runs``.
    """
    faces, known = faces_of(places, photos_of(places, opinion, track)[0], track)
    rows, curves = [], {}
    for name in nets:
        spec = SPECS[name]
        spec = replace(spec, steps=steps or spec.steps, seed=seed, threads=threads)
        folder = places.work / "calibrators" / name
        check_resumable(folder, resume)
        facts = {"config": to_mapping(spec), "seed": seed}
        with recorded(name, runs, folder, step_reached(folder), **facts) as record:
            net = trained(name, faces, known, spec, folder, record, progress(name, spec.steps))
        curves[name] = _curves(runs, (folder / RUN).read_text("utf-8").strip())
        rows.append(_row(net, spec, bundle, places, curves[name]))
    out.mkdir(parents=True, exist_ok=True)
    with (out / "calibrators.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    draw_curves(out / "curves.png", curves)
    return rows


def _row(
    net: Net, spec: TrainSpec, bundle: Bundle, places: Places, curves: Mapping[str, Points]
) -> dict[str, str]:
    photos = sets.validation_photos(places.data)
    detector = Detector(bundle, threads=spec.threads)
    still, moved = on_windows(detector, photos, [unmoved, predicting(net)], entry(spec.net).window)
    displacement = curves["displacement_error"]
    figures = (
        spec.net,
        f"{sum(weight.numel() for weight in net.parameters()):,}",
        f"{curves['class_error'].values[-1]:.3f}" if "class_error" in curves else "–",
        f"{displacement.values[-1]:.4f}",
        f"{moved.iou_before:.3f}",
        f"{moved.iou_after:.3f}",
        f"{still.per_face:.2f}",
        f"{moved.per_face:.2f}",
        f"{(displacement.times[-1] - curves['loss'].times[0]) / 60:.1f}",
    )
    return dict(zip(COLUMNS, figures, strict=True))


def _curves(root: Path, run: str) -> dict[str, Points]:
    """What a training recorded, by name. Raises SpecError where its figures are not there."""
    store = open_store(root)
    curves = {name: store.scalars(run, name) for name in store.metrics(run)}
    if "displacement_error" not in curves:
        raise SpecError(
            f"{root}: has no figures of run {run}; give --runs the folder that its training was recorded in"
        )
    return curves


def draw_curves(path: Path, curves: Mapping[str, Mapping[str, Points]]) -> None:
    """Learning curves as a PNG: the error in classes, and the error of the displacement, by step."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    titles = {"class_error": "error in 45 classes", "displacement_error": "mean error of dx, dy, ln s"}
    for axes, (name, title) in zip(figure.subplots(1, 2), titles.items(), strict=True):
        for index, (net, metrics) in enumerate(curves.items()):
            if name in metrics:
                points = metrics[name]
                axes.plot(points.steps, points.values, label=net, color=f"C{index}")
        axes.set_title(title)
        axes.set_xlabel("step")
        axes.grid(alpha=0.3)
        if axes.has_data():
            axes.legend()
    figure.savefig(path, dpi=110)


def trained(
    name: str,
    faces: FaceCrops,
    known: FaceCrops,
    spec: TrainSpec,
    folder: Path,
    record: Record = UNRECORDED,
    progress: Progress = lambda step, loss: None,
) -> Net:
    """A calibrator, trained on every face displaced by all classes; its checkpoint is in ``folder``."""
    window = entry(name).window
    nothing = np.zeros((0, window, window, 3), np.uint8)
    held = Samples(known, nothing, window, replace(spec, batch=2048)).batch(0)

    def validate(net: Net) -> Validation:
        return Validation(errors(net(normalised(held.pixels)), held))

    samples = Samples(faces, nothing, window, spec)
    return fit(samples, spec, folder, validate=validate, record=record, progress=progress)


def predicting(net: Net) -> Predict:
    """The net's displacements, as the cascade reads them."""

    def predict(crops: Pixels) -> FloatArray:
        with torch.inference_mode():
            logits = net(normalised(torch.from_numpy(crops).permute(0, 3, 1, 2).float())).displacement
            assert logits is not None
            moved: FloatArray = expected(logits.flatten(1)).numpy()
        return moved

    return predict


def unmoved(crops: Pixels) -> FloatArray:
    """No calibration: every window stays."""
    return np.zeros((len(crops), 3), np.float32)


def on_windows(
    detector: Detector, photos: Iterable[AnnotatedPhoto], predicts: Sequence[Predict], window: int
) -> list[LevelSummary]:
    """What each calibrator does with the windows that the level of this size keeps in the photos.

    Raises StopIteration where the detector has no such level.
    """
    level = next(level for level in detector.levels if level.spec.window == window)
    tables = [LevelTable(LEAST_SIDE) for _ in predicts]
    for photo in photos:
        mipmaps = Mipmaps(images.read(photo.path))
        kept = _kept(detector, mipmaps, level.number)
        crops = mipmaps.crops(kept.candidates.boxes, window)[..., :3]
        for table, predict in zip(tables, predicts, strict=True):
            table.add(photo, _moved(kept, predict(crops), level.spec))
    return [table.summaries()[0] for table in tables]


def _kept(detector: Detector, photo: Mipmaps, number: int) -> Stage:
    """The windows that a level's classifier keeps, before they are moved."""
    stages: list[Stage] = []
    detector.survivors(photo, min_face=LEAST_SIDE, watch=stages.append)
    return next(stage for stage in stages if stage.level == number and stage.step == "classified")


def _moved(kept: Stage, displacements: FloatArray, spec: LevelSpec) -> list[Stage]:
    """The steps of the level as they are when its windows are moved so."""
    windows = kept.candidates
    moved = replace(windows, boxes=calibrated(windows.boxes, displacements))
    left = filtered(moved, spec.max_iou, across_scales=spec.across_scales)
    return [
        kept,
        replace(kept, step="calibrated", candidates=moved),
        replace(kept, step="filtered", candidates=left),
    ]
