"""From the sets to a bundle that says what faces show: a large net, one that learns from it, and eyes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from smilecascade.bundle import Bundle, write_bundle
from smilecascade.evaluate.expression import figures_of
from smilecascade.express.emotions import EMOTIONS
from smilecascade.geometry.boxes import FloatArray
from smilecascade.mipmaps import Pixels
from smilecascade.nets import Expressive, Net, entry
from smilecascade.train.expression.ask import asked, taught
from smilecascade.train.expression.augment import augmented, augmented_eyes
from smilecascade.train.expression.loop import fit, trained
from smilecascade.train.expression.material import CELEBA, EYES, FERPLUS, Faces, cuts_of, eyes_of, faces_of
from smilecascade.train.expression.publish import exported, windows_of
from smilecascade.train.expression.recipe import ExpressionSpec, Recipe
from smilecascade.train.expression.samples import Augment, TileBatch, Tiles, TileSamples
from smilecascade.train.expression.scaling import fitted
from smilecascade.train.loop import check_resumable, step_reached
from smilecascade.train.record import recorded
from smilecascade.train.session import Session

#: Asked of a net every so many steps.
_Validate = Callable[[Net], Mapping[str, float]]

#: Whom to tell of the training of this name and so many steps.
SessionOf = Callable[[str, int], Session]


def train_expressions(
    bundle: Bundle, data: Path, work: Path, out: Path, recipe: Recipe, session_of: SessionOf
) -> Bundle:
    """Train what is not trained yet, and write ``bundle`` with the net of expressions to ``out``.

    The cascade of the bundle cuts the faces to learn from. Raises SpecError where a training is there
    that nobody asked to go on with; DatasetError.
    """
    session = session_of("expression", 1)
    for part in ("teacher", "student", "eyes"):
        check_resumable(work / part, session.resume)
    cuts = cuts_of(data, bundle, session.track)
    faces = faces_of(data, cuts)
    session.say(f"training on {len(faces.learned[0])} faces of FER+ and {len(faces.learned[1])} of CelebA")
    teacher = _learn("teacher", faces, recipe.teacher, work, session_of)
    window, weight = entry(recipe.teacher.net).window, recipe.student.teacher_weight
    told = [taught(tiles, teacher, window, weight) for tiles in faces.learned]
    student = _learn("student", replace(faces, learned=told), recipe.student, work, session_of)
    eyes = _look(*eyes_of(data, cuts), recipe.eyes, work, session_of)
    return _published(bundle, student, eyes, faces.chosen_by[0], recipe, out)


def _learn(
    part: str,
    faces: Faces,
    spec: ExpressionSpec,
    work: Path,
    session_of: SessionOf,
) -> Net:
    return _fitted(
        part,
        faces.learned,
        _face_figures(*faces.chosen_by, entry(spec.net).window),
        spec,
        work,
        session_of,
    )


def _look(
    learned: Sequence[Tiles],
    chosen_by: tuple[Tiles, Tiles],
    spec: ExpressionSpec,
    work: Path,
    session_of: SessionOf,
) -> Net:
    figures = _eye_figures(*chosen_by, entry(spec.net).window)
    return _fitted("eyes", learned, figures, spec, work, session_of, augmented_eyes)


def _fitted(
    part: str,
    sets: Sequence[Tiles],
    validate: _Validate,
    spec: ExpressionSpec,
    work: Path,
    session_of: SessionOf,
    augment: Augment = augmented,
) -> Net:
    """One net, trained to the end and recorded as a run."""
    folder = work / part
    done = trained(spec, folder)
    if done is not None:
        return done
    session, name = session_of(f"expression {part}", spec.steps), f"expression {part}"
    samples = TileSamples(sets, entry(spec.net).window, spec, augment)
    facts: dict[str, Any] = {
        "config": {**asdict(spec), "steps_per_epoch": samples.steps_per_epoch},
        "seed": spec.seed,
    }
    with recorded(name, session.runs, folder, step_reached(folder), **facts) as record:
        record.image("samples", sheet_of(samples.batch(0)), 0)
        return fit(
            samples,
            folder,
            validate=validate,
            record=record,
            progress=session.progress,
        )


def sheet_of(batch: TileBatch, columns: int = 16) -> Pixels:
    """The tiles of a batch in rows: RGB uint8 (H, W, 3)."""
    tiles = batch.pixels[:, 0].round().clamp(0, 255).to(torch.uint8).numpy()
    rows = [np.hstack(list(tiles[start : start + columns])) for start in range(0, len(tiles), columns)]
    whole = np.vstack([row for row in rows if row.shape == rows[0].shape])
    return np.repeat(whole[..., None], 3, axis=2)


def _published(bundle: Bundle, student: Net, eyes: Net, known: Tiles, recipe: Recipe, out: Path) -> Bundle:
    """The bundle with the expressions' net, scaled by the validation faces."""
    assert isinstance(student, Expressive)
    assert isinstance(eyes, Expressive)
    # Sums depend on the threads in their last bits, and nothing was trained here if all was there.
    torch.set_num_threads(recipe.student.threads)
    windows = windows_of(recipe.student.net, recipe.eyes.net)
    logits, truth = asked(student, known, windows[0])[:, : len(EMOTIONS)], _truth(known)
    scaling = fitted(logits, truth)
    onnx = exported(student, eyes, windows, scaling)
    facts = {key: value for key, value in bundle.manifest.items() if key not in _RESOLVED}
    facts["expression"] = {
        "data": [FERPLUS, CELEBA, EYES],
        "training": asdict(recipe),
        "scaling": asdict(scaling),
        "figures": _figures(scaling.of(logits), truth),
    }
    return write_bundle(out, bundle.spec, bundle.nets, facts, aligner=bundle.aligner, expression=onnx)


#: What ``write_bundle`` writes into a manifest itself.
_RESOLVED = ("format", "spec", "files", "sha256")


def _face_figures(known: Tiles, smiling: Tiles, window: int) -> _Validate:
    """Of the validation faces; the people of CelebA who are held back from training answer for smiles."""

    def validate(net: Net) -> dict[str, float]:
        said = asked(net, smiling, window)[:, len(EMOTIONS) :] > 0
        right = (said == smiling.targets[:, len(EMOTIONS) :]).mean(0)
        figures = _figures(asked(net, known, window)[:, : len(EMOTIONS)], _truth(known))
        return {**figures, "val_smile": float(right[0]), "val_mouth_open": float(right[1])}

    return validate


def _eye_figures(known: Tiles, of_faces: Tiles, window: int) -> _Validate:
    """Of close-ups held back, and of eyes in faces, nearly all of which are open."""

    def validate(net: Net) -> dict[str, float]:
        right = (asked(net, known, window) > 0) == known.targets
        is_open = asked(net, of_faces, window) <= 0
        return {"val_accuracy": float(right.mean()), "val_open": float(is_open.mean())}

    return validate


def _figures(logits: FloatArray, truth: NDArray[np.int64]) -> dict[str, float]:
    reached = figures_of(torch.from_numpy(logits).softmax(1).numpy(), truth.tolist())
    return {
        "val_accuracy": reached.accuracy,
        "val_mean_recall": reached.mean_recall,
        "val_calibration_error": reached.ece,
    }


def _truth(known: Tiles) -> NDArray[np.int64]:
    """The expression with most votes."""
    truth: NDArray[np.int64] = known.targets[:, : len(EMOTIONS)].argmax(1)
    return truth
