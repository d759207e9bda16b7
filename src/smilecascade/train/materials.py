"""What a training is made from: the photos, the faces in them, and windows that are none.

Everything is written below a work folder, and what is there whole is not made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from smilecascade.bundle import Bundle
from smilecascade.detect.cascade import Detector
from smilecascade.records import AnnotatedPhoto
from smilecascade.specs import to_mapping
from smilecascade.train import crops, mine, opinions, sets
from smilecascade.train.recipe import LevelRecipe
from smilecascade.train.shards import Shards
from smilecascade.train.stored import fingerprint

Item = TypeVar("Item")


class Track(Protocol):
    """Hands on the items of a long work one by one, and shows how far it is."""

    def __call__(self, items: Sequence[Item], label: str, /) -> Iterable[Item]:
        """The items, in order."""


def untracked(items: Sequence[Item], label: str, /) -> Iterable[Item]:
    """Show nothing."""
    return items


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the data lie and where the work is done.

    nets: where each net has a folder, if not beside the samples that all of them share.
    """

    data: Path
    work: Path
    nets: Path | None = None

    def level(self, number: int) -> Path:
        """The folder of a level."""
        return (self.nets or self.work) / f"level{number}"

    @property
    def aligner(self) -> Path:
        """The folder of the net that aligns."""
        return (self.nets or self.work) / "align"


def photos_of(
    places: Places, opinion: opinions.Opinion | None, track: Track
) -> tuple[list[tuple[str, AnnotatedPhoto]], list[AnnotatedPhoto]]:
    """All photos to train on with the folder of their set, a second opinion's doubts included; and
    the backgrounds that are held back."""
    empty, held_back = sets.background_photos(places.data)
    named = [*sets.training_photos(places.data), *((sets.BACKGROUNDS, photo) for photo in empty)]
    place = places.work / "opinions.json"
    if opinion is not None or place.exists():
        photos = [photo for _, photo in named]
        asked = lazily(track, photos, "asking for a second opinion")
        seen = opinions.gathered(asked, opinion or (lambda _: []), place, places.data)
        doubting = opinions.with_doubts(photos, seen, places.data)
        named = [(name, photo) for (name, _), photo in zip(named, doubting, strict=True)]
    return named, held_back


def faces_of(
    places: Places, photos: list[tuple[str, AnnotatedPhoto]], track: Track
) -> tuple[crops.FaceCrops, crops.FaceCrops]:
    """The crops of all faces in these photos, and of those to validate on; cut if they are not there."""
    folder = places.work / "faces"
    training = lazily(track, photos, "storing faces")
    known = [(sets.VALIDATION.folder, photo) for photo in sets.validation_photos(places.data)]
    validation = lazily(track, known, "storing validation faces")
    return (
        crops.store(training, folder / "train", {"photos": fingerprint(photo for _, photo in photos)}),
        crops.store(validation, folder / "validation", {"photos": fingerprint(photo for _, photo in known)}),
    )


def lazily(track: Track, items: Sequence[Item], label: str) -> Iterator[Item]:
    """Tracked only once the first is asked for: what is stored already shows nothing."""
    yield from track(items, label)


def negatives_of(
    photos: list[AnnotatedPhoto],
    before: Bundle | None,
    window: int,
    recipe: LevelRecipe,
    folder: Path,
    track: Track,
) -> Shards:
    """Windows without a face, stored in a folder: what ``before`` lets through, or random ones."""
    seed, per_photo = recipe.train.seed, recipe.per_photo
    inputs: dict[str, Any] = {"photos": fingerprint(photos), "seed": seed, "per_photo": per_photo}
    tracked = lazily(track, photos, "cutting negatives" if before is None else "mining negatives")
    if before is None:
        return mine.store(mine.random_windows(tracked, window, per_photo, seed), window, folder, inputs)
    inputs |= {"nets": _named(before), "from": recipe.mine_from, "margin": recipe.mine_margin}
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
    return mine.store(parts, window, folder, inputs)


def _named(bundle: Bundle) -> str:
    """A hash of what a bundle does, whenever it was written."""
    digest = hashlib.sha256(json.dumps(to_mapping(bundle.spec), sort_keys=True).encode())
    for net in bundle.nets:
        digest.update(net)
    return digest.hexdigest()[:16]
