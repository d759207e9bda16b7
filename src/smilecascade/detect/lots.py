"""Lots: the windows of several photos as one, so that a level works on all of them at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from smilecascade.mipmaps import Mipmaps, Pixels
from smilecascade.records import Candidates


def joined(windows: Sequence[Candidates]) -> Candidates:
    """The windows of each photo, at least one photo, as one lot, photo by photo; without points."""
    counts = [len(found) for found in windows]
    return Candidates(
        boxes=np.concatenate([found.boxes for found in windows]),
        scores=np.concatenate([found.scores for found in windows]),
        scales=np.concatenate([found.scales for found in windows]),
        photos=np.repeat(np.arange(len(windows), dtype=np.int32), counts),
    )


def arranged(lot: Candidates) -> Candidates:
    """The same windows photo by photo, in each of them in the order they have; of one photo as they are."""
    return lot if lot.photos is None else lot[np.argsort(lot.photos, kind="stable")]


def parted(lot: Candidates, photos: int) -> list[Candidates]:
    """The windows of each of so many photos again, from a lot that is arranged photo by photo."""
    assert lot.photos is not None
    ends = np.searchsorted(lot.photos, np.arange(photos), side="right").tolist()
    alone = replace(lot, photos=None)
    return [alone[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def crops(photos: Sequence[Mipmaps], windows: Candidates, size: int) -> Pixels:
    """The pixels under windows of one photo, or of a lot that is arranged: (N, size, size, 4), RGBX."""
    if windows.photos is None:
        (photo,) = photos
        return photo.crops(windows.boxes, size)
    seen, starts = np.unique(windows.photos, return_index=True)
    ends = [*starts[1:].tolist(), len(windows)]
    rows = zip(seen.tolist(), starts.tolist(), ends, strict=True)
    return np.concatenate([photos[k].crops(windows.boxes[start:end], size) for k, start, end in rows])
