"""What a net says of whole tiles, as they are: to validate it, and to learn from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from PIL import Image

from smilecascade.express.emotions import EMOTIONS
from smilecascade.geometry.boxes import FloatArray
from smilecascade.mipmaps import Pixels
from smilecascade.nets import Net
from smilecascade.train.expression.loop import logits_of, pixels_of
from smilecascade.train.expression.samples import Tiles

#: Tiles asked about at once.
_BATCH = 256


def asked(net: Net, tiles: Tiles, window: int) -> FloatArray:
    """The logits (N, C) of whole tiles, resized to windows of this many pixels."""
    said = [np.zeros((0, tiles.targets.shape[1]), np.float32)]
    for start in range(0, len(tiles), _BATCH):
        part = [_resized(picture, window) for picture in tiles.grey[start : start + _BATCH]]
        with torch.inference_mode():
            grey = torch.from_numpy(np.stack(part)).float()[:, None]
            said.append(logits_of(net, pixels_of(grey)).numpy())
    return np.concatenate(said)


def taught(tiles: Tiles, teacher: Net, window: int, weight: float) -> Tiles:
    """Tiles told this share of a teacher's opinion of their expressions, and the rest of the votes.

    Where nobody voted it is the opinion alone. Ten people are few: votes are noisy, and the opinion of
    a net that learned from all of them is less so. It is the mean of what it says of a tile and of the
    mirrored one.
    """
    count = len(EMOTIONS)
    mirrored = replace(tiles, grey=np.ascontiguousarray(tiles.grey[:, :, ::-1]))
    logits = (asked(teacher, tiles, window) + asked(teacher, mirrored, window))[:, :count] / 2
    opinion = torch.from_numpy(logits).softmax(1).numpy()
    votes = np.where(np.isnan(tiles.targets[:, :count]), opinion, tiles.targets[:, :count])
    targets = tiles.targets.copy()
    targets[:, :count] = weight * opinion + (1 - weight) * votes
    return replace(tiles, targets=targets)


def _resized(picture: Pixels, size: int) -> Pixels:
    return np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BILINEAR))
