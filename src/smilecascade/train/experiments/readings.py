"""The experiment about calibration: beside its trainings, how the classes' probabilities are best read.

And what calibration gives the cascade that ships.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from smilecascade import images
from smilecascade.bundle import Bundle, open_bundle
from smilecascade.detect.cascade import Detector, Stage
from smilecascade.draw import draw_stages
from smilecascade.evaluate.levels import LEAST_SIDE, LevelSummary, LevelTable
from smilecascade.evaluate.report import markdown
from smilecascade.geometry.boxes import FloatArray
from smilecascade.geometry.calibration import DISPLACEMENTS, LEAST_PROBABILITY, expected_displacements
from smilecascade.nets import Net
from smilecascade.records import AnnotatedPhoto
from smilecascade.train import sets
from smilecascade.train.experiments import article, trained
from smilecascade.train.experiments.page import IMAGES, spread
from smilecascade.train.experiments.setting import Setting
from smilecascade.train.experiments.trainings import Training
from smilecascade.train.figures import MIN_FACE
from smilecascade.train.loop import normalised, trained_net
from smilecascade.train.samples import Samples

#: Ways to read probabilities (N, 45) as displacements (N, 3).
READINGS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "the best class": lambda likely: DISPLACEMENTS[likely.argmax(1)],
    "above chance, all alike (the article's code)": lambda likely: expected_displacements(
        _alike(likely), mean_scale="arithmetic"
    ),
    "above chance, by probability, mean of s (its text)": lambda likely: expected_displacements(
        likely, mean_scale="arithmetic"
    ),
    "the same, mean of ln s (ours)": expected_displacements,
    "all classes, by probability": lambda likely: likely @ DISPLACEMENTS,
}

#: The side of the smallest face in the picture of the windows.
_SHOWN_FACE = 40

_BODY = """## How the classes are read

Mean error of dx, dy and ln s on the same windows, by the way in which the probabilities of the 45 classes
become a displacement.

{readings}

## What it gives the cascade

The shipped cascade on {photos} validation photos, smallest face {min_face}.

{levels}
"""

_LEVELS = ("windows are", "level", "windows left", "faces kept", "windows a face", "IoU before", "IoU after")


def report(setting: Setting) -> Path:
    """Train the calibrators, and write the page."""
    return trained.report(article.CALIBRATION_TABLES, setting, _more)


def _more(every: Sequence[Training], setting: Setting) -> str:
    photos = sets.validation_photos(setting.materials.places.data)[: 8 if setting.quick else None]
    body = _BODY.format(
        readings=_readings_table(every, setting),
        photos=len(photos),
        min_face=MIN_FACE,
        levels=_levels_table(photos, setting),
    )
    return body if setting.photo is None else f"{body}\n{_picture(setting.photo, setting.out)}"


def _readings_table(every: Sequence[Training], setting: Setting) -> str:
    """A line a net of 45 classes, and a column a way to read them."""
    errors: dict[str, list[list[float]]] = {}
    for training in every:
        if training.train.net in article.OF_45_CLASSES and training.train.displaced != "classes":
            held = setting.materials.samples(training.train, merged=training.variant.merged)[1]
            net = trained_net(training.folder, training.train)
            errors.setdefault(training.train.net, []).append(errors_of_readings(net, held))
    lines = [(net, *(spread(of, ".4f") for of in np.array(seeds).T)) for net, seeds in errors.items()]
    return markdown(("net", *READINGS), lines)


def errors_of_readings(net: Net, held: Samples) -> list[float]:
    """Mean |error| of dx, dy and ln s on held-back windows, for each of ``READINGS``."""
    batch = held.batch(0)
    with torch.inference_mode():
        logits = torch.cat([_logits(net, part) for part in torch.split(batch.pixels, 256)])
    likely, true = torch.softmax(logits, dim=1).numpy(), batch.displacements.numpy()
    return [float(np.abs(read(likely) - true).mean()) for read in READINGS.values()]


def _alike(likely: FloatArray) -> FloatArray:
    """The same share for every class above chance, and none for the others."""
    kept = (likely > LEAST_PROBABILITY).astype(np.float32)
    alike: FloatArray = kept / np.maximum(kept.sum(1, keepdims=True), 1)
    return alike


def _logits(net: Net, pixels: Tensor) -> Tensor:
    logits: Tensor | None = net(normalised(pixels)).displacement
    assert logits is not None
    return logits.flatten(1)


def _levels_table(photos: Sequence[AnnotatedPhoto], setting: Setting) -> str:
    """The levels of the shipped cascade, calibrating and not."""
    bundle, lines = open_bundle(), []
    for name, one in (("calibrated", bundle), ("left in place", bundle.uncalibrated())):
        lines += [_line(name, level) for level in _levels(one, photos, name, setting)]
    return markdown(_LEVELS, lines)


def _levels(
    bundle: Bundle, photos: Sequence[AnnotatedPhoto], name: str, setting: Setting
) -> Iterator[LevelSummary]:
    detector, table = Detector(bundle, 1), LevelTable(LEAST_SIDE)
    for photo in setting.materials.session.track(photos, f"windows {name}"):
        trace: list[Stage] = []
        detector.windows(images.read(photo.path), min_face=MIN_FACE, watch=trace.append)
        table.add(photo, trace)
    yield from table.summaries()


def _line(name: str, level: LevelSummary) -> tuple[str, ...]:
    return (
        name,
        str(level.level or "over everything"),
        f"{level.left:.1f}",
        _or_dash(level.recall, ".4f"),
        _or_dash(level.per_face, ".2f"),
        _or_dash(level.iou_before, ".3f"),
        _or_dash(level.iou_after, ".3f"),
    )


def _or_dash(value: float, digits: str) -> str:
    return "–" if np.isnan(value) else format(value, digits)


def _picture(photo: Path, out: Path) -> str:
    """Draw the windows of the first level as it keeps them, as calibration moves them, and filtered."""
    image, trace = images.read(photo), list[Stage]()
    Detector(open_bundle(), 1).windows(image, min_face=_SHOWN_FACE, watch=trace.append)
    drawn = draw_stages(image, [stage for stage in trace if stage.level == 1], np.zeros((0, 4), np.float32))
    place = out / IMAGES / "calibration-windows.jpg"
    place.parent.mkdir(parents=True, exist_ok=True)
    images.save(drawn, place)
    return f"![Windows of level 1 before and after calibration, and filtered]({IMAGES}/{place.name})"
