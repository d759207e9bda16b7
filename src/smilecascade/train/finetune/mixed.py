"""The project's own training photos mixed in, so that less is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from smilecascade.records import AnnotatedPhoto
from smilecascade.train import sets

Named = tuple[str, AnnotatedPhoto]

#: The name of somebody's own photos among the sets that crops come from.
OWN = "own"


def mixed(own: Sequence[AnnotatedPhoto], data: Path | None, seed: int) -> list[Named]:
    """The photos to learn from, each with the name of its set.

    data: the folder of the unpacked sets; None mixes nothing in. As many of their faces are taken
    as there are own ones, at random, and as many photos without faces as there are own photos.
    """
    named = [(OWN, photo) for photo in own]
    if data is None:
        return named
    rng = np.random.default_rng(seed)
    faces = sum(face.role == "face" for photo in own for face in photo.faces)
    empty, _ = sets.background_photos(data)
    chosen = [(sets.BACKGROUNDS, empty[row]) for row in sorted(rng.permutation(len(empty))[: len(own)])]
    return [*named, *_with_faces(list(sets.training_photos(data)), faces, rng), *chosen]


def _with_faces(photos: Sequence[Named], wanted: int, rng: np.random.Generator) -> Iterator[Named]:
    """Random photos, until they show as many faces as are wanted."""
    shown = 0
    for row in rng.permutation(len(photos)):
        if shown >= wanted:
            return
        shown += sum(face.role == "face" for face in photos[row][1].faces)
        yield photos[row]
