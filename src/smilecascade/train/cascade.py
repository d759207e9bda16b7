"""The whole training, level by level: what ``smilecascade train`` runs.

A training that was killed goes on where it stopped.

    WORK/faces/            the stored crops of all faces, training and validation
    WORK/opinions.json     what another detector saw in the photos, if one was asked
    WORK/level2/           negatives, checkpoint, progress.csv, sheet.png, and the bundle of
                           the levels so far, which mines the negatives of the next level
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from smilecascade import images
from smilecascade.bundle import Bundle, open_bundle, write_bundle
from smilecascade.detect.cascade import Detector
from smilecascade.errors import BundleError, SpecError
from smilecascade.evaluate.measure import Found, performance
from smilecascade.mipmaps import Pixels
from smilecascade.nets import Calibrator, Net, entry
from smilecascade.specs import CascadeSpec, LevelSpec, to_mapping
from smilecascade.train import opinions, sets
from smilecascade.train.loop import Progress, fit, normalised
from smilecascade.train.losses import errors
from smilecascade.train.materials import Places, Track, faces_of, negatives_of, photos_of, untracked
from smilecascade.train.publish import exported
from smilecascade.train.recipe import LEVELS, LevelRecipe
from smilecascade.train.samples import Samples
from smilecascade.train.sheet import contact_sheet
from smilecascade.train.thresholds import best_scores, threshold_at_alarms, threshold_for

#: Smallest square searched when thresholds are chosen, pixels.
_MIN_FACE = 20

#: Least score of the detections that figures are made of, as in ``smilecascade evaluate``.
_LEAST_SCORE = 0.02

#: Told what begins now, as a sentence for a person.
Say = Callable[[str], None]


def train_level(
    number: int,
    places: Places,
    recipe: LevelRecipe,
    *,
    opinion: opinions.Opinion | None = None,
    say: Say = lambda text: None,
    track: Track = untracked,
    progress: Progress = lambda step, loss: None,
) -> Bundle:
    """Train one level on what the levels before it let through; returns the bundle up to it."""
    folder = places.level(number)
    if isinstance(entry(recipe.train.net).build(), Calibrator):
        raise SpecError(
            f"net: {recipe.train.net!r} only calibrates; smilecascade train calibrators trains it"
        )
    before = None if number == 1 else _open_level(places, number - 1)
    photos, held_back = photos_of(places, opinion, track)
    faces, known = faces_of(places, photos, track)
    window = entry(recipe.train.net).window
    labelled = [photo for _, photo in photos if photo.complete]
    negatives = negatives_of(labelled, before, window, recipe, folder / "negatives.npy", track)
    unseen = negatives_of(held_back, before, window, recipe, folder / "held_back.npy", track)
    halved = before is None
    samples = Samples(faces, negatives, window, recipe.train, halved=halved)
    images.save(contact_sheet(samples.batch(0)), folder / "sheet.png")
    say(f"training {recipe.train.net} on {len(faces)} faces and {len(negatives)} negatives")
    for_validation = replace(recipe.train, batch=2048, positives=0.5)
    held = Samples(known, unseen, window, for_validation, halved=halved)
    net = fit(samples, recipe.train, folder, validate=_validation(held), progress=progress)
    return _bundled(number, net, places, recipe, before, held.negatives, track)


def publish(places: Places, number: int, out: Path, *, track: Track = untracked) -> Bundle:
    """Write the bundle up to this level to ``out``; with its figures, if it is the last one."""
    trained = _open_level(places, number)
    figures = _figures(trained, places, track) if number == len(LEVELS) else {}
    facts = {k: v for k, v in trained.manifest.items() if k in ("created", "data", "training")}
    return write_bundle(out, trained.spec, trained.nets, {**facts, "figures": figures})


def _figures(bundle: Bundle, places: Places, track: Track) -> dict[str, Any]:
    """What the whole detector reaches on the validation photos, as ``smilecascade evaluate`` says it."""
    detector, photos = Detector(bundle), sets.validation_photos(places.data)
    found = [
        Found.of(detector.faces(images.read(photo.path), min_face=_MIN_FACE, min_score=_LEAST_SCORE))
        for photo in track(photos, "measuring")
    ]
    reached = performance("smilecascade", photos, found, min_face=_MIN_FACE)
    names = ("ap", "ap_70", "recall_tenth", "recall_one")
    return {
        "set": sets.VALIDATION.folder,
        "min_face": _MIN_FACE,
        "min_score": _LEAST_SCORE,
        **{name: round(getattr(reached, name).value, 4) for name in names},
    }


def _open_level(places: Places, number: int) -> Bundle:
    folder = places.level(number) / "bundle"
    if not folder.exists():
        raise BundleError(f"{folder}: level {number} comes first: run smilecascade train level{number}")
    return open_bundle(folder)


def _validation(samples: Samples) -> Callable[[Net], dict[str, float]]:
    """Figures on fixed samples of validation faces and of held-back backgrounds."""
    batch = samples.batch(0)

    def validate(net: Net) -> dict[str, float]:
        outputs = net(normalised(batch.pixels))
        figures = errors(outputs, batch)
        if outputs.face is not None:
            figures |= _classification(outputs.face.flatten(), batch.labels)
        return figures

    return validate


def _classification(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """Loss, error, and the recall at one alarm in a hundred windows without a face."""
    logits, labels = logits[labels >= 0], labels[labels >= 0]
    score, face = torch.sigmoid(logits).numpy(), labels.numpy() == 1
    alarm = np.quantile(score[~face], 0.99)
    return {
        "val_loss": float(nn.functional.binary_cross_entropy_with_logits(logits, labels.float())),
        "val_error": float(((score >= 0.5) != face).mean()),
        "val_recall_at_1pc": float((score[face] > alarm).mean()),
    }


def _bundled(
    number: int,
    net: Net,
    places: Places,
    recipe: LevelRecipe,
    before: Bundle | None,
    real: Pixels,
    track: Track,
) -> Bundle:
    """The cascade up to this level, with the threshold that keeps the wanted recall."""
    spec = recipe.train
    known = entry(spec.net)
    onnx = exported(net, known, np.asarray(real[:256]))
    stride = known.stride if number == 1 else 1
    level = LevelSpec(
        net=spec.net,
        window=known.window,
        min_score=0.001,
        max_iou=recipe.max_iou,
        across_scales=recipe.across_scales,
        stride=stride,
    )
    levels, nets = ((), ()) if before is None else (before.spec.levels, before.nets)
    place = places.level(number) / "bundle"
    facts = {
        "created": datetime.now(UTC).strftime("%Y-%m-%d"),
        "data": [chosen.folder for chosen in sets.MERGED] + [sets.BACKGROUNDS],
        "training": [*(before.manifest["training"] if before else []), to_mapping(recipe)],
    }
    open_wide = write_bundle(
        place.with_name("open"), CascadeSpec(levels=(*levels, level)), (*nets, onnx), facts
    )
    chosen = replace(level, min_score=_threshold(open_wide, places, recipe, track))
    return write_bundle(place, CascadeSpec(levels=(*levels, chosen)), (*nets, onnx), facts)


def _threshold(open_wide: Bundle, places: Places, recipe: LevelRecipe, track: Track) -> float:
    detector = Detector(open_wide, recipe.train.threads)
    photos = sets.validation_photos(places.data)
    tracked = track(photos, "choosing the threshold")
    if recipe.recall is None:
        return threshold_at_alarms(detector, tracked, min_face=_MIN_FACE)
    scores = best_scores(detector, tracked, min_face=_MIN_FACE, least_iou=recipe.least_iou)
    return threshold_for(scores, recipe.recall)
