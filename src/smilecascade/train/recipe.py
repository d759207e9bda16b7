"""How each net is made: its training; of a level its negatives, and what its threshold keeps."""

from __future__ import annotations

from dataclasses import dataclass

from smilecascade.specs import TrainSpec


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
    """The level's suppression, after calibration."""

    across_scales: bool = False
    """Whether windows of all scales are compared, or only those of one."""

    least_iou: float
    """Overlap with its face that a surviving window must have, to count as keeping it."""


LEVELS: tuple[LevelRecipe, ...] = (
    LevelRecipe(
        train=TrainSpec(net="joint-12", steps=10000, batch=512, hard_share=0.7),
        per_photo=60,
        mine_from=18,
        mine_margin=1.0,
        recall=0.997,
        max_iou=0.5,
        least_iou=0.4,
    ),
    LevelRecipe(
        train=TrainSpec(net="joint-24", steps=9000, batch=384, hard_share=0.7),
        per_photo=60,
        mine_from=18,
        mine_margin=1.0,
        recall=0.99,
        max_iou=0.55,
        across_scales=True,
        least_iou=0.5,
    ),
    LevelRecipe(
        train=TrainSpec(net="joint-48", steps=14000, batch=192, hard_share=0.7, precision="bfloat16"),
        per_photo=90,
        mine_from=18,
        mine_margin=0.08,
        recall=None,
        max_iou=0.5,
        least_iou=0.5,
    ),
)

#: The net that looks at the faces found once more. It learns from faces alone, nearly in place.
ALIGN = TrainSpec(
    net="align-48",
    steps=9000,
    batch=192,
    positives=1.0,
    displaced="nearly",
    boxes_weight=0.35,
    precision="bfloat16",
)
