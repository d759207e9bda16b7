"""From a trained net to the bundle so far, with its threshold; and at the end to the one that ships."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from smilecascade.bundle import Bundle, open_bundle, write_bundle
from smilecascade.detect.cascade import Detector
from smilecascade.errors import BundleError
from smilecascade.mipmaps import Pixels
from smilecascade.nets import Net, entry
from smilecascade.specs import CascadeSpec, LevelSpec, TrainSpec, to_mapping
from smilecascade.train import sets
from smilecascade.train.figures import MIN_FACE, figures_of, measured
from smilecascade.train.materials import Places, Track, untracked
from smilecascade.train.publish import exported
from smilecascade.train.recipe import LEVELS, LevelRecipe
from smilecascade.train.thresholds import best_scores, threshold_at_alarms, threshold_for


def open_level(places: Places, number: int) -> Bundle:
    """The bundle of the levels up to this one. Raises BundleError where it is not trained yet."""
    folder = places.level(number) / "bundle"
    if not folder.exists():
        raise BundleError(f"{folder}: level {number} comes first: run smilecascade train level{number}")
    return open_bundle(folder)


def with_level(
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
    onnx = exported(net, known, real)
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
    facts = _facts([*(before.manifest["training"] if before else []), to_mapping(recipe)])
    open_wide = write_bundle(
        place.with_name("open"), CascadeSpec(levels=(*levels, level)), (*nets, onnx), facts
    )
    chosen = replace(level, min_score=_threshold(open_wide, places, recipe, track))
    return write_bundle(place, CascadeSpec(levels=(*levels, chosen)), (*nets, onnx), facts)


def with_aligner(levels: Bundle, net: Net, spec: TrainSpec, places: Places) -> Bundle:
    """All levels and the aligner."""
    known = entry(spec.net)
    onnx = exported(net, known, np.zeros((0, known.window, known.window, 3), np.uint8))
    facts = _facts([*levels.manifest["training"], to_mapping(spec)])
    return write_bundle(places.aligner / "bundle", levels.spec, levels.nets, facts, aligner=onnx)


def publish(trained: Bundle, places: Places, out: Path, *, track: Track = untracked) -> Bundle:
    """Write a trained bundle to ``out``; with its figures, if all its levels are there."""
    figures = _figures(trained, places, track) if len(trained.nets) == len(LEVELS) else {}
    facts = {k: v for k, v in trained.manifest.items() if k in ("created", "data", "training")}
    return write_bundle(
        out, trained.spec, trained.nets, {**facts, "figures": figures}, aligner=trained.aligner
    )


def _figures(bundle: Bundle, places: Places, track: Track) -> dict[str, Any]:
    """What the whole detector reaches on the validation photos."""
    photos = sets.validation_photos(places.data)
    reached = measured("smilecascade", bundle, photos, track, label="measuring")
    return figures_of(reached, sets.VALIDATION.folder)


def _facts(training: list[dict[str, Any]]) -> dict[str, Any]:
    """What a manifest says of how its bundle was made."""
    return {
        "created": datetime.now(UTC).strftime("%Y-%m-%d"),
        "data": [chosen.folder for chosen in sets.MERGED] + [sets.BACKGROUNDS],
        "training": training,
    }


def _threshold(open_wide: Bundle, places: Places, recipe: LevelRecipe, track: Track) -> float:
    detector = Detector(open_wide, recipe.train.threads)
    photos = sets.validation_photos(places.data)
    tracked = track(photos, "choosing the threshold")
    if recipe.recall is None:
        return threshold_at_alarms(detector, tracked, min_face=MIN_FACE)
    scores = best_scores(detector, tracked, min_face=MIN_FACE, least_iou=recipe.least_iou)
    return threshold_for(scores, recipe.recall)
