"""Negatives: random windows for the first level, and for the others what the levels before let through.

Nothing is cut near a face, a doubtful place or an ignored one; and a window that the
cascade so far keeps by mistake is exactly what the next level will be asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smilecascade.detect.cascade import Detector
from smilecascade.geometry.boxes import FloatArray, areas, intersections, iou
from smilecascade.geometry.pyramid import squares_of_positions
from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import AnnotatedPhoto
from smilecascade.train import shards
from smilecascade.train.reading import reading
from smilecascade.train.shards import Shards

#: Against a true face a window is a negative below this IoU: it may show a part of the face.
FACE_IOU = 0.3

#: Against a place that may hold a face, below this share of the smaller of the two.
DOUBTFUL_SHARE = 0.15

#: Smallest window cut from a photo, pixels.
LEAST_SIDE = 18.0


def clear_of_faces(squares: FloatArray, photo: AnnotatedPhoto) -> NDArray[np.bool_]:
    """Which of (N, 4) windows surely hold no face: (N,)."""
    near_face = iou(squares, photo.squares("face")) >= FACE_IOU
    places = photo.squares("ignore", "unlabelled", "doubtful")
    smaller = np.minimum(areas(squares)[:, None], areas(places)[None, :])
    near_place = intersections(squares, places) > DOUBTFUL_SHARE * smaller
    return np.logical_not(near_face.any(1) | near_place.any(1))


def random_windows(
    photos: Iterable[AnnotatedPhoto], window: int, per_photo: int, seed: int
) -> Iterator[Pixels]:
    """Windows at random places of pyramid images, as the first level sees them: (n, S, S, 3) a photo."""
    rng = np.random.default_rng(seed)
    for photo, mipmaps in _opened(photos):
        taken = [_random_of_scale(photo, mipmaps, window, per_photo // 6, rng) for _ in range(6)]
        yield np.concatenate(taken)


def mined_windows(
    photos: Iterable[AnnotatedPhoto],
    detector: Detector,
    window: int,
    *,
    per_photo: int,
    min_face: float,
    min_score: float,
    seed: int,
) -> Iterator[Pixels]:
    """Windows that a cascade of fewer levels keeps though they hold no face: (n, S, S, 3) a photo.

    ``min_score`` replaces its last threshold. Where a photo has more than ``per_photo``, a
    random choice of them.
    """
    rng = np.random.default_rng(seed)
    for photo, mipmaps in _opened(photos):
        kept = detector.survivors(mipmaps, min_face=min_face, min_score=min_score)
        wrong = kept.boxes[clear_of_faces(kept.boxes, photo)]
        chosen = rng.permutation(len(wrong))[:per_photo]
        yield mipmaps.crops(wrong[chosen], window)[..., :3]


def store(parts: Iterable[Pixels], window: int, folder: Path, inputs: Mapping[str, Any]) -> Shards:
    """Write windows to the shards of a folder as they come, unless they are there; returns them.

    ``inputs``: what they depend on; SpecError where the stored ones came from others.
    """
    return shards.store(parts, folder, (window, window, 3), {**inputs, "window": window})


def _opened(photos: Iterable[AnnotatedPhoto]) -> Iterator[tuple[AnnotatedPhoto, Mipmaps]]:
    with reading() as read:
        for photo in photos:
            image = read(photo) if photo.complete else None
            if image is not None:
                yield photo, Mipmaps(image)


def _random_of_scale(
    photo: AnnotatedPhoto, mipmaps: Mipmaps, window: int, count: int, rng: np.random.Generator
) -> Pixels:
    """Random windows of one random size, cut from the pyramid image of that size."""
    largest = max(LEAST_SIDE * 1.1, 1.1 * min(mipmaps.width, mipmaps.height))
    side = float(np.exp(rng.uniform(np.log(LEAST_SIDE), np.log(largest))))
    border = window // 4
    width = max(window // 2, round(mipmaps.width * window / side))
    height = max(window // 2, round(mipmaps.height * window / side))
    image = mipmaps.resized(width, height, border=border)[..., :3]
    rows = rng.integers(0, image.shape[0] - window + 1, count)
    columns = rng.integers(0, image.shape[1] - window + 1, count)
    ratio = (mipmaps.width / width, mipmaps.height / height)
    squares = squares_of_positions(
        rows, columns, side=side, window=window, stride=1, border=border, ratio=ratio
    )
    clear = clear_of_faces(squares, photo)
    views = np.lib.stride_tricks.sliding_window_view(image, (window, window), axis=(0, 1))
    return views[rows[clear], columns[clear]].transpose(0, 2, 3, 1)
