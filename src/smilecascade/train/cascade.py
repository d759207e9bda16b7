"""The whole training, net by net: what ``smilecascade train`` runs.

A training that was killed goes on where it stopped.

    WORK/faces/            the stored crops of all faces, training and validation
    WORK/opinions.json     what another detector saw in the photos, if one was asked
    WORK/level2/           negatives, checkpoint, the id of its run, and the bundle of the levels
                           so far, which mines the negatives of the next level
    WORK/align/            checkpoint, the id of its run, and the whole bundle
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from smilecascade.bundle import Bundle, open_bundle
from smilecascade.errors import SpecError
from smilecascade.nets import Aligner, Calibrator, Expressive, Net, entry
from smilecascade.specs import TrainSpec, to_mapping
from smilecascade.train.bundled import open_level, with_aligner, with_level
from smilecascade.train.fitted import fitted
from smilecascade.train.loop import check_resumable
from smilecascade.train.materials import Places, faces_of, negatives_of, photos_of
from smilecascade.train.recipe import LEVELS, LevelRecipe
from smilecascade.train.samples import Samples
from smilecascade.train.session import SILENT, Session
from smilecascade.train.stored import fingerprint
from smilecascade.train.validation import validation


def train_level(number: int, places: Places, recipe: LevelRecipe, session: Session = SILENT) -> Bundle:
    """Train one level on what the levels before it let through; returns the bundle up to it.

    Raises SpecError where the level was begun before and ``session.resume`` is False, and
    BundleError where the level before is missing.
    """
    spec, folder = recipe.train, places.level(number)
    _check_level(spec.net)
    check_resumable(folder, session.resume)
    before = None if number == 1 else open_level(places, number - 1)
    with session.processes.one_after_the_other():
        samples, held, data = _samples(folder, places, recipe, before, session)
    session.say(f"training {spec.net} on {len(samples.faces)} faces and {len(samples.negatives)} negatives")
    config = {"level": number, **to_mapping(recipe)}
    net = _fitted(f"level{number}", samples, held, config, data, folder, session)
    with session.processes.one_after_the_other():
        if session.processes.is_first:
            with_level(number, net, places, recipe, before, held.negatives[:256], session.track)
    return open_level(places, number)


def _check_level(name: str) -> None:
    """Raise SpecError for a net that no level can have."""
    net = entry(name).build()
    if isinstance(net, Expressive):
        raise SpecError(f"net: {name!r} finds no faces; smilecascade train expression trains it")
    if isinstance(net, Calibrator | Aligner):
        command = "align" if isinstance(net, Aligner) else "calibrators"
        raise SpecError(f"net: {name!r} only calibrates; smilecascade train {command} trains it")
    if not entry(name).slides:
        raise SpecError(f"net: {name!r} is there to be compared, and no level can have it; give another net")


def train_aligner(places: Places, spec: TrainSpec, session: Session = SILENT) -> Bundle:
    """Train the net that looks at the faces found once more; returns the whole bundle.

    Raises as ``train_level`` does.
    """
    levels, folder, window = open_level(places, len(LEVELS)), places.aligner, entry(spec.net).window
    check_resumable(folder, session.resume)
    with session.processes.one_after_the_other():
        photos, _ = photos_of(places, session.opinion, session.track)
        faces, known = faces_of(places, photos, session.track)
        nothing = np.zeros((0, window, window, 3), np.uint8)
        samples = Samples(faces, nothing, window, spec)
        held = Samples(known, nothing, window, replace(spec, batch=2048, parts=1))
    session.say(f"training {spec.net} on {len(faces)} faces")
    data = fingerprint(photo for _, photo in photos)
    net = _fitted("align", samples, held, to_mapping(spec), data, folder, session)
    with session.processes.one_after_the_other():
        if session.processes.is_first:
            with_aligner(levels, net, spec, places)
    return open_bundle(folder / "bundle")


def _samples(
    folder: Path, places: Places, recipe: LevelRecipe, before: Bundle | None, session: Session
) -> tuple[Samples, Samples, str]:
    """What is learned from, what is held back to validate on, and the photos' fingerprint."""
    photos, held_back = photos_of(places, session.opinion, session.track)
    faces, known = faces_of(places, photos, session.track)
    window = entry(recipe.train.net).window
    labelled = [photo for _, photo in photos if photo.complete]
    negatives = negatives_of(labelled, before, window, recipe, folder / "negatives", session.track)
    unseen = negatives_of(held_back, before, window, recipe, folder / "held_back", session.track)
    halved = before is None
    samples = Samples(faces, negatives, window, recipe.train, halved=halved)
    for_validation = replace(recipe.train, batch=2048, positives=0.5, parts=1)
    held = Samples(known, unseen, window, for_validation, halved=halved)
    return samples, held, fingerprint(photo for _, photo in photos)


def _fitted(
    name: str,
    samples: Samples,
    held: Samples,
    config: dict[str, object],
    data: str,
    folder: Path,
    session: Session,
) -> Net:
    """The net, trained as the session has it."""
    return fitted(
        session.prefix + name,
        samples,
        folder,
        config=config,
        data=data,
        runs=session.runs,
        validate=validation(held),
        progress=session.progress,
        processes=session.processes,
    )
