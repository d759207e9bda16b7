"""Every hyper-parameter, as a field of a frozen dataclass, with the reason for its default.

A spec is read from TOML or from a bundle's manifest; an unknown key fails and names the
nearest one. The resolved spec is saved with every training and every bundle.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from smilecascade.errors import SpecError

Spec = TypeVar("Spec")


@dataclass(frozen=True, kw_only=True)
class LevelSpec:
    """One level of the cascade: which net looks at windows, and which windows go on."""

    net: str
    """Name of the net in the registry of ``nets``; its weights are the bundle's file of the level."""

    window: int
    """Side of the net's input, pixels: 12, 24 or 48."""

    min_score: float
    """A window goes on if its score is at least this; chosen for recall on validation faces."""

    max_iou: float = 0.5
    """A window that overlaps a better one by more than this goes."""

    across_scales: bool = False
    """Compare windows of all pyramid scales, not only of the same one. It spares the next level
    work where calibration is good enough that windows of several scales fall together."""

    stride: int = 1
    """Pixels between neighbouring windows of the first level, on its pyramid; 1 for crops."""

    batch: int = 64
    """Windows classified at once; more costs memory and gains no speed on one core."""

    calibrate: bool = True
    """Move windows onto their faces, if the net says how; False: to see what calibration gives."""

    def __post_init__(self) -> None:
        _in_range("min_score", self.min_score, 0, 1)
        _in_range("max_iou", self.max_iou, 0, 1)
        _in_range("window", self.window, 1, 1024)
        _in_range("stride", self.stride, 1, self.window)
        _in_range("batch", self.batch, 1, 65536)


@dataclass(frozen=True, kw_only=True)
class CascadeSpec:
    """The whole detector: its levels and how windows of every place and scale are laid."""

    levels: tuple[LevelSpec, ...]
    """The levels in order; a cascade in training has fewer than three."""

    scales_per_octave: int = 2
    """Scales searched between a size and its double: 2, neighbours √2 apart, leave each face
    within ±19% of some window's side. A whole number, so that each octave halves the last."""

    padding: float = 0.25
    """Border added around each pyramid image, in windows: faces are cut by photo borders."""

    largest: float = 1.5
    """Largest window searched, in short sides of the photo: faces can fill a photo."""

    max_iou: float = 0.3
    """Over everything, at the end: a face that overlaps a better one by more than this goes."""

    scan_batch: int = 1_000_000
    """Pixels of the photos that the first level looks at one after the other, where there are many:
    a dozen small ones, while its code stays in the caches (docs/lab-notes.md, "The conveyor")."""

    align_window: int = 48
    """Side of the aligner's input, pixels, where the bundle has one."""

    align_batch: int = 64
    """Faces aligned at once, as a level's ``batch``."""

    face_width: float = 0.87
    """Width of a reported face in sides of its square (1037 WebFaces photos against
    WIDER-style boxes, docs/architecture.md)."""

    face_height: float = 1.15
    """Height of a reported face in sides of its square (same source)."""

    expression_window: int = 48
    """Side of the input of the net that says what a face shows, pixels, where the bundle has one."""

    expression_side: float = 1.07
    """Side of the window that this net looks at, in sides of the face's square: the tiles of FER+ that
    it learns from show as much (the median of 530 of them, docs/lab-notes.md, "Expressions")."""

    expression_rise: float = 0.013
    """How far the middle of this window lies above that of the square, in its sides (same source)."""

    eye_window: int = 24
    """Side of the crop of each eye, pixels."""

    eye_side: float = 0.22
    """Side of the crop of each eye, in sides of the face's square: about one and a half eyes."""

    def __post_init__(self) -> None:
        _in_range("scales_per_octave", self.scales_per_octave, 1, 12)
        _in_range("padding", self.padding, 0, 1)
        _in_range("align_window", self.align_window, 1, 1024)
        _in_range("scan_batch", self.scan_batch, 1, 10**9)
        _in_range("align_batch", self.align_batch, 1, 65536)
        _in_range("expression_window", self.expression_window, 1, 1024)
        _in_range("expression_side", self.expression_side, 0.1, 4)
        _in_range("expression_rise", self.expression_rise, -1, 1)
        _in_range("eye_window", self.eye_window, 1, 1024)
        _in_range("eye_side", self.eye_side, 0.01, 1)
        _in_range("largest", self.largest, 0.1, 4)
        _in_range("max_iou", self.max_iou, 0, 1)
        _in_range("face_width", self.face_width, 0.1, 4)
        _in_range("face_height", self.face_height, 0.1, 4)
        if not self.levels:
            raise SpecError("levels: expected at least one level, got none")


@dataclass(frozen=True, kw_only=True)
class TrainSpec:
    """How one net is trained."""

    net: str
    """Name of the net in the registry of ``nets``."""

    steps: int
    """Batches until the end."""

    batch: int = 256
    """Samples a step."""

    positives: float = 0.33
    """Share of faces in a batch: few enough to show many of the far more varied negatives."""

    learning_rate: float = 2e-3
    """Peak step of AdamW, after the warm-up."""

    weight_decay: float = 1e-4
    """AdamW's decoupled decay."""

    schedule: Literal["cosine", "constant"] = "cosine"
    """What the learning rate does after the warm-up: it falls to zero at the end, or stays, as the
    article's did: what spikes and unrest a net has is then seen."""

    warmup: int = 200
    """Steps over which the learning rate rises from zero: batch statistics settle first."""

    hard_share: float = 0.7
    """Share of a batch, the one with the highest loss, that is learned from (MTCNN, section
    3.2.4): easy background otherwise drowns the rest."""

    displaced: Literal["classes", "anywhere", "nearly"] = "anywhere"
    """How far windows lie from their faces: by one of the 45 classes, as the article trains its
    calibrators; anywhere among them, as a search will find them; or less, nearly in place."""

    boxes_weight: float = 1.0
    """How often a face without labelled points is drawn, next to 1 for one with points: its square
    comes from a box, and is less exact."""

    displacement_weight: float = 0.3
    """Weight of the displacement's loss, next to 1 for telling faces from background."""

    points_weight: float = 10.0
    """Weight of the points' loss, a distance in sides of the window, hence small."""

    precision: Literal["float32", "bfloat16"] = "float32"
    """Of the nets' forward pass: bfloat16 takes two thirds of the time where the processor has
    it, and is slow where it has not."""

    freeze_normalisation: bool = False
    """Keep the statistics of batch normalisation as they are: a few hundred faces of one's own would
    shift them, and weights read back from a bundle have none."""

    parts: int = 1
    """A batch is drawn in so many parts: as many processes can share it, and one that takes them
    all learns from the same batch. The batch must be a multiple of it."""

    seed: int = 1
    """Seed of the initial weights, the batches, the augmentation and the dropout."""

    threads: int = 2
    """Threads of PyTorch: fixed, since sums change in their last bit with it."""

    validate_every: int = 500
    """Steps between two validations and checkpoints."""

    def __post_init__(self) -> None:
        for name in ("steps", "batch", "threads", "validate_every", "parts"):
            _in_range(name, getattr(self, name), 1, 10**9)
        if self.batch % self.parts:
            raise SpecError(f"parts: {self.parts} parts of one size do not make a batch of {self.batch}")
        _in_range("positives", self.positives, 0.01, 1)
        _in_range("displacement_weight", self.displacement_weight, 0, 100)
        _in_range("points_weight", self.points_weight, 0, 100)
        _in_range("boxes_weight", self.boxes_weight, 0, 100)
        _in_range("hard_share", self.hard_share, 0.01, 1)
        _in_range("learning_rate", self.learning_rate, 1e-9, 10)
        _in_range("weight_decay", self.weight_decay, 0, 1)
        _in_range("seed", self.seed, 0, 2**32 - 1)
        _in_range("warmup", self.warmup, 0, 10**9)


def from_mapping(kind: type[Spec], values: Mapping[str, Any], where: str = "spec") -> Spec:
    """Build a spec from plain values (of TOML or JSON), checking every key and every type.

    ``where`` names the place for messages. Raises SpecError for an unknown key (naming the
    nearest one), a missing key, a wrong type or a value out of range.
    """
    if not isinstance(values, Mapping):
        raise SpecError(f"{where}: expected a table of keys, got {type(values).__name__}")
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    hints = typing.get_type_hints(kind)
    for key in values:
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1, cutoff=0)
            raise SpecError(f"{where}: unknown key {key!r}; the nearest known one is {near[0]!r}")
    missing = [n for n, f in fields.items() if f.default is dataclasses.MISSING and n not in values]
    if missing:
        raise SpecError(f"{where}: missing key {missing[0]!r}")
    converted = {key: _convert(hints[key], value, f"{where}.{key}") for key, value in values.items()}
    try:
        return kind(**converted)
    except SpecError as error:
        raise SpecError(f"{where}: {error}") from None


def to_mapping(spec: Any) -> dict[str, Any]:
    """A spec as plain values, for JSON or TOML; ``from_mapping`` gives the same spec back."""
    return dataclasses.asdict(spec)


def read_toml(kind: type[Spec], path: Path) -> Spec:
    """Read a spec from a TOML file. Raises SpecError that names the file."""
    try:
        with path.open("rb") as file:
            values = tomllib.load(file)
    except OSError as error:
        raise SpecError(f"{path}: cannot be read ({error.strerror}); give the path of a TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: is not TOML: {error}") from None
    return from_mapping(kind, values, where=str(path))


def _convert(hint: Any, value: Any, where: str) -> Any:
    origin = typing.get_origin(hint)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise SpecError(f"{where}: expected a list, got {value!r}")
        (item, _) = typing.get_args(hint)
        return tuple(_convert(item, v, f"{where}[{i}]") for i, v in enumerate(value))
    if origin in (typing.Union, types.UnionType):
        (inner,) = (kind for kind in typing.get_args(hint) if kind is not type(None))
        return None if value is None else _convert(inner, value, where)
    if dataclasses.is_dataclass(hint):
        return value if isinstance(value, hint) else from_mapping(hint, value, where)  # type: ignore[arg-type]
    if origin is Literal:
        if value not in typing.get_args(hint):
            allowed = " or ".join(repr(choice) for choice in typing.get_args(hint))
            raise SpecError(f"{where}: expected {allowed}, got {value!r}")
        return value
    accepted = (int, float) if hint is float else (hint,)
    if not isinstance(value, accepted) or isinstance(value, bool) is not (hint is bool):
        raise SpecError(f"{where}: expected {hint.__name__}, got {value!r}")
    return float(value) if hint is float else value


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise SpecError(f"{name}: expected {low:g} to {high:g}, got {value!r}")
