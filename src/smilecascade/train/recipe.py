"""The whole training, level by level: what `smilecascade train` runs.

Everything is written below a work folder, to the side and then renamed, and what is there
is not made again; a training that was killed goes on where it stopped.

    WORK/faces/            the stored crops of all faces, training and validation
    WORK/opinions.json     what another detector saw in the photos, if one was asked
    WORK/level2/           negatives, checkpoint, progress.csv, sheet.png, and the bundle of
                           the levels so far, which mines the negatives of the next level
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import nn

from smilecascade import images
from smilecascade.bundle import Bundle, open_bundle, write_bundle
from smilecascade.detect.cascade import Detector
from smilecascade.errors import BundleError
from smilecascade.mipmaps import Pixels
from smilecascade.nets import entry
from smilecascade.records import AnnotatedPhoto
from smilecascade.specs import CascadeSpec, LevelSpec, TrainSpec, to_mapping
from smilecascade.train import crops, mine, opinions, sets
from smilecascade.train.loop import Progress, fit, normalised
from smilecascade.train.publish import exported
from smilecascade.train.samples import Samples
from smilecascade.train.sheet import contact_sheet
from smilecascade.train.thresholds import best_scores, threshold_at_alarms, threshold_for

#: Smallest square searched when thresholds are chosen, pixels.
_MIN_FACE = 20

#: Told what begins now, as a sentence for a person.
Say = Callable[[str], None]

Item = TypeVar("Item")


class Track(Protocol):
    """Hands on the items of a long work one by one, and shows how far it is."""

    def __call__(self, items: Sequence[Item], label: str, /) -> Iterable[Item]:
        """The items, in order."""


def untracked(items: Sequence[Item], label: str, /) -> Iterable[Item]:
    """Show nothing."""
    return items


@dataclass(frozen=True, kw_only=True)
class LevelRecipe:
    """How one level is made: its training, its negatives, and the recall its threshold keeps."""

    train: TrainSpec
    per_photo: int
    """Negatives taken from one photo at most."""

    mine_from: float
    """Smallest window in photos that negatives are mined with, pixels."""

    mine_margin: float
    """The level before is mined at this share of its threshold: what it nearly lets through
    makes the negatives several times as many."""

    recall: float | None
    """Share of the validation faces of 24 px and more that the threshold keeps; None: it is
    chosen by false alarms, since it is the one that users see."""

    max_iou: float
    """The level's suppression: windows that are not calibrated lie as the grid has them, and the
    best scored one is not the best placed; so the first level leaves neighbours for the next."""

    least_iou: float
    """Overlap with its face that a surviving window must have, to count as keeping it."""


LEVELS: tuple[LevelRecipe, ...] = (
    LevelRecipe(
        train=TrainSpec(net="face-12", steps=8000, batch=512, hard_share=0.7),
        per_photo=60,
        mine_from=18,
        mine_margin=1.0,
        recall=0.997,
        max_iou=0.7,
        least_iou=0.4,
    ),
    LevelRecipe(
        train=TrainSpec(net="face-24", steps=9000, batch=384, hard_share=0.7),
        per_photo=60,
        mine_from=18,
        mine_margin=1.0,
        recall=0.987,
        max_iou=0.4,
        least_iou=0.5,
    ),
    LevelRecipe(
        train=TrainSpec(net="face-48", steps=12000, batch=192, hard_share=0.7),
        per_photo=60,
        mine_from=18,
        mine_margin=0.25,
        recall=None,
        max_iou=0.5,
        least_iou=0.5,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the data lie and where the work is done."""

    data: Path
    work: Path

    def level(self, number: int) -> Path:
        """The folder of a level."""
        return self.work / f"level{number}"


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
    before = None if number == 1 else _level_before(places, number)
    faces, known = _stored_faces(places, track)
    photos, held_back = _negative_photos(places, opinion, track)
    window = entry(recipe.train.net).window
    negatives = _negatives(photos, before, window, recipe, folder / "negatives.npy", track)
    unseen = _negatives(held_back, before, window, recipe, folder / "held_back.npy", track)
    picked = before is not None
    samples = Samples(faces, negatives, window, recipe.train, picked=picked)
    images.save(contact_sheet(samples.batch(0)), folder / "sheet.png")
    say(f"training {recipe.train.net} on {len(faces)} faces and {len(negatives)} negatives")
    for_validation = replace(recipe.train, batch=2048, positives=0.5)
    held = Samples(known, unseen, window, for_validation, picked=picked)
    net = fit(samples, recipe.train, folder, validate=_validation(held), progress=progress)
    return _bundled(number, net, places, recipe, before, held.negatives, track)


def publish(places: Places, out: Path, figures: dict[str, Any]) -> Bundle:
    """Write the newest level's bundle to ``out``, with these figures in its manifest."""
    number = max((k for k in (1, 2, 3) if (places.level(k) / "bundle").exists()), default=None)
    if number is None:
        raise BundleError(f"{places.work}: no level is trained there yet; run smilecascade train level1")
    trained = open_bundle(places.level(number) / "bundle")
    facts = {k: v for k, v in trained.manifest.items() if k in ("created", "data", "training")}
    return write_bundle(out, trained.spec, trained.nets, {**facts, "figures": figures})


def _level_before(places: Places, number: int) -> Bundle:
    folder = places.level(number - 1) / "bundle"
    if not folder.exists():
        raise BundleError(
            f"{folder}: level {number - 1} comes first: run smilecascade train level{number - 1}"
        )
    return open_bundle(folder)


def _stored_faces(places: Places, track: Track) -> tuple[crops.FaceCrops, crops.FaceCrops]:
    """The crops of all faces to train on, and of those to validate on."""

    def training() -> Iterator[tuple[str, AnnotatedPhoto]]:
        yield from track(list(sets.training_photos(places.data)), "storing faces")

    def validation() -> Iterator[tuple[str, AnnotatedPhoto]]:
        for photo in track(sets.validation_photos(places.data), "storing validation faces"):
            yield sets.VALIDATION.folder, photo

    folder = places.work / "faces"
    return crops.store(training(), folder / "train"), crops.store(validation(), folder / "validation")


def _negative_photos(
    places: Places, opinion: opinions.Opinion | None, track: Track
) -> tuple[list[AnnotatedPhoto], list[AnnotatedPhoto]]:
    """Photos to cut negatives from, doubts of a second opinion included; and the held-back ones."""
    empty, held_back = sets.background_photos(places.data)
    photos = [photo for _, photo in sets.training_photos(places.data) if photo.complete] + empty
    place = places.work / "opinions.json"
    if opinion is not None or place.exists():
        asked = _lazily(track, photos, "asking for a second opinion")
        seen = opinions.gathered(asked, opinion or (lambda _: []), place)
        photos = list(opinions.with_doubts(photos, seen))
    return photos, held_back


def _lazily(track: Track, photos: Sequence[AnnotatedPhoto], label: str) -> Iterator[AnnotatedPhoto]:
    """Tracked only once the first is asked for: what is stored already shows nothing."""
    yield from track(photos, label)


def _negatives(
    photos: list[AnnotatedPhoto],
    before: Bundle | None,
    window: int,
    recipe: LevelRecipe,
    place: Path,
    track: Track,
) -> Pixels:
    seed, per_photo = recipe.train.seed, recipe.per_photo
    tracked = _lazily(track, photos, "cutting negatives" if before is None else "mining negatives")
    if before is None:
        return mine.store(mine.random_windows(tracked, window, per_photo, seed), window, place)
    detector = Detector(before, recipe.train.threads)
    parts = mine.mined_windows(
        tracked,
        detector,
        window,
        per_photo=per_photo,
        min_face=recipe.mine_from,
        min_score=before.spec.levels[-1].min_score * recipe.mine_margin,
        seed=seed,
    )
    return mine.store(parts, window, place)


def _validation(samples: Samples) -> Callable[[nn.Module], dict[str, float]]:
    """Figures on fixed samples of validation faces and of held-back backgrounds."""
    batch = samples.batch(0)

    def validate(net: nn.Module) -> dict[str, float]:
        logits = net(normalised(batch.pixels)).flatten(1)
        score = torch.softmax(logits, 1)[:, 1].numpy()
        face = batch.labels.numpy() == 1
        alarm = np.quantile(score[~face], 0.99)
        return {
            "val_loss": float(nn.functional.cross_entropy(logits, batch.labels)),
            "val_error": float(((score >= 0.5) != face).mean()),
            "val_recall_at_1pc": float((score[face] > alarm).mean()),
        }

    return validate


def _bundled(
    number: int,
    net: nn.Sequential,
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
        net=spec.net, window=known.window, min_score=0.001, max_iou=recipe.max_iou, stride=stride
    )
    levels, nets = ((), ()) if before is None else (before.spec.levels, before.nets)
    place = places.level(number) / "bundle"
    facts = {
        "created": datetime.now(UTC).strftime("%Y-%m-%d"),
        "data": [chosen.folder for chosen in sets.MERGED] + [sets.BACKGROUNDS],
        "training": [*(before.manifest["training"] if before else []), to_mapping(spec)],
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
