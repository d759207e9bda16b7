"""Contact sheets: look at the samples before training on them, and at what a net gets wrong."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from smilecascade.mipmaps import Pixels
from smilecascade.train.samples import Batch

_MARGIN = 2
_COLOURS = {1: (40, 180, 90), 0: (200, 60, 50), -1: (150, 150, 150)}


def contact_sheet(batch: Batch, *, columns: int = 24, enlarged: int = 1) -> Pixels:
    """The samples of a batch in rows, faces framed green, others red, and
    grey what is labelled neither: RGB uint8 (H, W, 3)."""
    pictures = batch.pixels.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()
    pictures = pictures.repeat(enlarged, 1).repeat(enlarged, 2)
    cell = pictures.shape[1] + 2 * _MARGIN
    rows = -(-len(pictures) // columns)
    sheet = np.full((rows * cell, columns * cell, 3), 255, np.uint8)
    for index, (picture, label) in enumerate(zip(pictures, batch.labels.tolist(), strict=True)):
        top, left = index // columns * cell, index % columns * cell
        sheet[top : top + cell, left : left + cell] = _COLOURS[label]
        inner = slice(top + _MARGIN, top + cell - _MARGIN), slice(left + _MARGIN, left + cell - _MARGIN)
        sheet[inner] = picture
    return sheet


def mistakes(batch: Batch, logits: Tensor, *, rows: int = 3, columns: int = 16) -> Pixels:
    """The faces with the lowest of (N,) logits, and below them the others with the highest: RGB uint8."""
    faces, others = (torch.nonzero(batch.labels == label).flatten() for label in (1, 0))
    missed = faces[logits[faces].argsort()]
    imagined = others[logits[others].argsort(descending=True)]
    enlarged = max(1, 48 // batch.pixels.shape[-1])
    sheets = [
        contact_sheet(_picked(batch, chosen[: rows * columns]), columns=columns, enlarged=enlarged)
        for chosen in (missed, imagined)
    ]
    return np.concatenate(sheets)


def _picked(batch: Batch, rows: Tensor) -> Batch:
    """These samples, without what is known of the faces among them."""
    nothing = {"displacements": batch.displacements[:0], "points": batch.points[:0]}
    return Batch(pixels=batch.pixels[rows], labels=batch.labels[rows], **nothing)
