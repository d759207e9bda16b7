"""From labelled photos and a bundle to a candidate that may take its place, and how it compares."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smilecascade.bundle import Bundle, write_bundle
from smilecascade.datasets.own import Labels
from smilecascade.detect.cascade import Detector
from smilecascade.evaluate.measure import Performance
from smilecascade.records import AnnotatedPhoto
from smilecascade.specs import to_mapping
from smilecascade.train.figures import figures_of, measured
from smilecascade.train.finetune.levels import Begin, Retraining
from smilecascade.train.finetune.mixed import mixed
from smilecascade.train.finetune.recipe import Recipe
from smilecascade.train.finetune.split import Split
from smilecascade.train.finetune.style import LEAST_PAIRS, Style, canonical, style_of
from smilecascade.train.finetune.verdict import validation_photos
from smilecascade.train.materials import Track
from smilecascade.train.stored import fingerprint, is_stored, note_inputs

#: Told what was found out, as a sentence for a person.
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is wanted: the labels and their split, the bundle to begin with, and how.

    data: the folder of the project's sets, to be mixed in, or None. validation: a set in the format
    of WebFaces on which old and new are compared, too, or None. work: where the work is done. runs: the
    folder of runs, or None.
    """

    labels: Labels
    split: Split
    base: Bundle
    recipe: Recipe
    work: Path
    seed: int
    data: Path | None = None
    validation: Path | None = None
    runs: Path | None = None

    @property
    def threads(self) -> int:
        """Processor cores that are used."""
        return self.recipe.levels[0].train.threads


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The candidate, and how it and the others do: on the held-back photos by name, ``base`` and
    ``new`` among them, and on the validation photos, where there are some."""

    candidate: Bundle
    held_back: Mapping[str, Performance]
    validation: Mapping[str, Performance]


def check_work(task: Task) -> None:
    """Note what the work is made from; SpecError where the folder holds work of other labels or options."""
    inputs = {
        "labels": fingerprint(task.labels.photos),
        "base": task.base.digest,
        "seed": task.seed,
        "data": str(task.data) if task.data else None,
        "steps": [level.train.steps for level in task.recipe.levels],
        "recipe": _named(task.recipe),
    }
    if not is_stored(task.work, inputs):
        task.work.mkdir(parents=True, exist_ok=True)
        note_inputs(task.work, inputs)


def _named(recipe: Recipe) -> str:
    return hashlib.sha256(json.dumps(to_mapping(recipe), sort_keys=True).encode()).hexdigest()[:16]


def retrain(task: Task, others: Mapping[str, Bundle], *, say: Say, begin: Begin, track: Track) -> Outcome:
    """Train a candidate, and compare it with the base and the ``others``, by their names.

    The candidate is left in WORK/candidate, with a manifest that says how it came about.
    """
    known = validation_photos(task.validation) if task.validation else []
    style = style_of(track(task.split.train, "looking at the faces"), Detector(task.base, task.threads))
    say(_told(style))
    bundle = Retraining(
        base=task.base,
        learned=mixed(canonical(task.split.train, style.framing), task.data, task.seed),
        choose=canonical(task.split.choose, style.framing),
        recipe=task.recipe,
        work=task.work,
        runs=task.runs,
        begin=begin,
        track=track,
    ).bundle()
    bundles = {"base": task.base, "new": bundle, **others}

    def reached(name: str, photos: Sequence[AnnotatedPhoto]) -> Performance:
        label = f"measuring {name}"
        return measured(name, bundles[name], photos, track, label=label, threads=task.threads)

    held_back = {name: reached(name, task.split.held_back) for name in bundles}
    validation = {name: reached(name, known) for name in ("base", "new") if known}
    facts = _facts(task, bundle, style, held_back, validation)
    more = {"aligner": bundle.aligner, "expression": bundle.expression}
    candidate = write_bundle(task.work / "candidate", bundle.spec, bundle.nets, facts, **more)
    return Outcome(candidate=candidate, held_back=held_back, validation=validation)


def _told(style: Style) -> str:
    if style.pairs < LEAST_PAIRS:
        return (
            f"the base finds only {style.pairs} of the faces: how your boxes lie on faces stays unknown, "
            "and they are taken as they are"
        )
    moved = f"{abs(style.framing.down):.2f} sides {'down' if style.framing.down >= 0 else 'up'}"
    return f"your boxes, over {style.pairs} faces: moved {moved}, scaled by {style.framing.scale:.2f}"


def _facts(
    task: Task,
    bundle: Bundle,
    style: Style,
    held_back: Mapping[str, Performance],
    validation: Mapping[str, Performance],
) -> dict[str, Any]:
    """What the manifest says beside its spec; nothing of the photos but numbers."""
    roles = [face.role for photo in task.labels.photos for face in photo.faces]
    set_name = task.validation.name if task.validation else ""
    return {
        "created": datetime.now(UTC).strftime("%Y-%m-%d"),
        "data": [
            *task.base.manifest.get("data", []),
            *(["the same, anew"] if task.data else []),
            "own labels",
        ],
        "training": bundle.manifest["training"],
        "figures": _kept(validation["new"], set_name) if validation else {},
        "retrained": {
            "base": task.base.digest,
            "base_figures": task.base.manifest.get("figures", {}),
            "labels": {
                "format": task.labels.format,
                "fingerprint": fingerprint(task.labels.photos),
                "photos": len(task.labels.photos),
                "faces": roles.count("face"),
                "ignored": roles.count("ignore"),
            },
            "split": {
                "seed": task.seed,
                **{part: len(getattr(task.split, part)) for part in ("train", "choose", "held_back")},
            },
            "boxes": {"down": round(style.framing.down, 4), "scale": round(style.framing.scale, 4)},
            "mixed_in": task.data is not None,
            "share": task.recipe.share,
            "held_back": {name: _kept(held_back[name], "held back") for name in ("base", "new")},
            "validation": {name: _kept(one, set_name) for name, one in validation.items()},
        },
    }


def _kept(one: Performance, name: str) -> dict[str, Any]:
    """The figures, and of how many photos they are: somebody's own are few."""
    return {**figures_of(one, name), "photos": one.photos}
