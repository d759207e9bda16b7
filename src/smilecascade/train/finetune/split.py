"""Somebody's photos in three parts: to learn from, to choose on, and held back to be judged by."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from smilecascade.errors import DatasetError
from smilecascade.records import AnnotatedPhoto
from smilecascade.train.figures import MIN_FACE

#: Shares of the photos that thresholds are chosen on, and that no choice may touch.
CHOOSE, HELD_BACK = 0.1, 0.2

#: With fewer photos that show a face, one photo would decide.
LEAST_PHOTOS = 10


@dataclass(frozen=True, kw_only=True)
class Split:
    """The photos of each part, in the order of the labels."""

    train: tuple[AnnotatedPhoto, ...]
    choose: tuple[AnnotatedPhoto, ...]
    held_back: tuple[AnnotatedPhoto, ...]


def split(photos: Sequence[AnnotatedPhoto], seed: int) -> Split:
    """Deal photos to the parts by what is in their files and the seed.

    Copies of a photo, under whatever names, come to the same part, and a photo that is renamed
    stays in its own; where photos are added later, only a few of the others change places. Photos
    with a face of at least ``MIN_FACE`` are dealt for themselves, so that every part has its share
    of them. DatasetError where they are fewer than ``LEAST_PHOTOS``.
    """
    shows = [any(face.role == "face" and face.side >= MIN_FACE for face in photo.faces) for photo in photos]
    if sum(shows) < LEAST_PHOTOS:
        raise DatasetError(
            f"photos that show a face of {MIN_FACE} px or more: {sum(shows)}; retraining needs at least "
            f"{LEAST_PHOTOS} of them, and some hundreds to do well; label more"
        )
    digests = [_digest(photo, seed) for photo in photos]
    faces = {digest for digest, showing in zip(digests, shows, strict=True) if showing}
    part = _dealt(sorted(faces)) | _dealt(sorted(set(digests) - faces))
    dealt = [(part[digest], photo) for digest, photo in zip(digests, photos, strict=True)]
    train, choose, held_back = (tuple(photo for which, photo in dealt if which == k) for k in range(3))
    return Split(train=train, choose=choose, held_back=held_back)


def _digest(photo: AnnotatedPhoto, seed: int) -> str:
    return hashlib.sha256(f"{seed}:".encode() + photo.path.read_bytes()).hexdigest()


def _dealt(ranked: Sequence[str]) -> dict[str, int]:
    """The part of each of these: the first are held back (2), the next are to choose on (1)."""
    held_back, choose = round(HELD_BACK * len(ranked)), round(CHOOSE * len(ranked))
    return {
        digest: 2 if place < held_back else 1 if place < held_back + choose else 0
        for place, digest in enumerate(ranked)
    }
