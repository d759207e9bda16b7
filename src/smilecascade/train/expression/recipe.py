"""How the nets that say what a face shows are trained: every figure with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smilecascade.errors import SpecError


@dataclass(frozen=True, kw_only=True)
class ExpressionSpec:
    """How one of these nets is trained."""

    net: str
    """Name of the net in the registry of ``nets``."""

    steps: int
    """Batches until the end; the learning rate falls to zero over them (cosine)."""

    batch: int = 128
    """Samples a step."""

    learning_rate: float = 3e-3
    """Peak step of AdamW, after the warm-up."""

    weight_decay: float = 0.02
    """AdamW's decoupled decay, of the weights of convolutions alone."""

    warmup: int = 300
    """Steps over which the learning rate rises from zero."""

    average: float = 0.999
    """The net that is kept is the mean of those of the last thousand steps or so: of each the mean
    keeps this share. It is a point or two better than the last one alone."""

    balance: float = 0.3
    """A tile is drawn in proportion to the number of its class to the power of minus this: disgust, fear
    and contempt are hundreds among tens of thousands. 0: all alike; 1: each class as often as another."""

    mixup: float = 0.5
    """Share of the batches whose samples are mixed with another each (arXiv 1710.09412)."""

    strength: float = 1.0
    """How much tiles are augmented (``augment.augmented``)."""

    smile_weight: float = 0.3
    """Weight of the loss of smiles and of open mouths, next to 1 for the expressions."""

    teacher_weight: float = 0.5
    """Where there is a teacher, the share of its opinion in what is told; the votes have the rest."""

    precision: Literal["float32", "bfloat16"] = "bfloat16"
    """Of the nets' forward pass: as ``TrainSpec.precision``."""

    seed: int = 1
    """Seed of the initial weights, the batches, the augmentation and the dropout."""

    threads: int = 2
    """Threads of PyTorch: fixed, since sums change in their last bit with it."""

    validate_every: int = 1000
    """Steps between two validations and checkpoints."""

    def __post_init__(self) -> None:
        for name, low in {"steps": 1, "batch": 2, "threads": 1, "validate_every": 1, "seed": 0}.items():
            if getattr(self, name) < low:
                raise SpecError(f"{name}: expected {low} or more, got {getattr(self, name)}")
        for name in ("average", "balance", "mixup", "strength", "teacher_weight"):
            if not 0 <= getattr(self, name) <= 1:
                raise SpecError(f"{name}: expected 0 to 1, got {getattr(self, name)!r}")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How all three nets are trained."""

    teacher: ExpressionSpec
    """The large net, from the votes alone."""

    student: ExpressionSpec
    """The net that ships, from the votes and from what the large one says."""

    eyes: ExpressionSpec
    """The net that looks at eyes."""


RECIPE = Recipe(
    teacher=ExpressionSpec(net="expression-48-teacher", steps=4400),
    student=ExpressionSpec(net="expression-48", steps=9000, mixup=0.2, strength=0.6),
    eyes=ExpressionSpec(net="eye-24", steps=2500, validate_every=500, mixup=0.0, precision="float32"),
)
