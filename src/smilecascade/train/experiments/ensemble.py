"""The article's ensemble: the small classifier alone, the large one alone, two levels, three levels.

For every seed a whole cascade is trained, shorter than the one that ships, and taken apart. The levels of
a cascade are used as they are: what differs is which of them look, and whether windows are calibrated.

WORK/experiments/ensemble/seed1/level1/    as ``smilecascade train`` has it
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from smilecascade import images
from smilecascade.bundle import Bundle
from smilecascade.detect.cascade import Detector, Stage
from smilecascade.evaluate.measure import Found, performance
from smilecascade.evaluate.report import markdown
from smilecascade.records import AnnotatedPhoto
from smilecascade.train import sets
from smilecascade.train.bundled import open_level
from smilecascade.train.cascade import train_level
from smilecascade.train.experiments.page import spread, write_page
from smilecascade.train.experiments.setting import Setting
from smilecascade.train.figures import LEAST_SCORE
from smilecascade.train.loop import check_resumable, step_reached
from smilecascade.train.materials import Places, Track
from smilecascade.train.recipe import LEVELS, LevelRecipe

NAME = "ensemble"
TITLE = "One net, two levels, three levels"
CLAIM = (
    "The small classifier alone lacks quality, the large one alone is far too slow, two levels were still "
    "rather slow, three are usable."
)

#: Steps of the three levels: 1.3 million, 770,000 and 480,000 samples.
STEPS = (2500, 2000, 2500)
QUICK_STEPS = (4, 4, 4)

#: Side of the smallest face searched: the large net alone looks at every window of every photo.
MIN_FACE = 40

#: Every so-many-th validation photo is looked at, for the same reason.
EVERY = 3

SEEDS = (1, 2, 3)

#: Windows without a face taken from one photo at most: enough for trainings as short as these.
_PER_PHOTO = 30

#: Which levels of the cascade judge. Where the first does not, it hands on all windows.
ARRANGEMENTS: dict[str, tuple[int, ...]] = {
    "small alone": (1,),
    "large alone, all windows": (3,),
    "two levels, small and large": (1, 3),
    "three levels": (1, 2, 3),
}

_COLUMNS = ("who judges", "calibrated", "AP", "AP at IoU 0.7", "ms a photo", "windows a level")

_BODY = """With each seed ({seeds}) a cascade was trained ({steps} steps of levels 1, 2 and 3, fewer than the
shipped one's) and taken apart. {photos} validation photos, smallest face {min_face}; AP by the
measure of `smilecascade evaluate`; milliseconds of the processor on one core, the median over the photos;
mean ± standard deviation over the seeds. A level that judges alone or last keeps everything from a score
of {least} up; a large net alone is handed all windows of the search. There is no aligner.

{table}"""


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What one arrangement reaches with one seed.

    ap: average precision at IoU 0.5; ap_70: at 0.7; ms: median milliseconds a photo; windows: mean number
    that each of its levels looks at, a photo.
    """

    ap: float
    ap_70: float
    ms: float
    windows: tuple[float, ...]


def report(setting: Setting) -> Path:
    """Train a cascade of every seed, take each apart, and write the page; returns it.

    Raises SpecError where a training is there, and nobody asked to go on with it.
    """
    seeds, steps = (SEEDS[:1], QUICK_STEPS) if setting.quick else (SEEDS, STEPS)
    photos = sets.validation_photos(setting.materials.places.data)[::EVERY][: 4 if setting.quick else None]
    for seed in seeds:
        for number in range(1, len(LEVELS) + 1):
            folder = _places(setting, seed).level(number)
            check_resumable(folder, setting.materials.session.resume)
    apart = [taken_apart(cascade(setting, seed, steps), photos, seed, setting) for seed in seeds]
    body = _BODY.format(
        seeds=", ".join(map(str, seeds)),
        steps=", ".join(map(str, steps)),
        photos=len(photos),
        min_face=MIN_FACE,
        least=LEAST_SCORE,
        table=markdown(_COLUMNS, [_row(*key, [one[key] for one in apart]) for key in apart[0]]),
    )
    return write_page(NAME, TITLE, CLAIM, body, setting.out, made_by=setting.made_by)


def cascade(setting: Setting, seed: int, steps: Sequence[int]) -> Bundle:
    """A cascade of three levels, trained with this seed, or gone on with; its runs are recorded."""
    places, session = _places(setting, seed), setting.materials.session
    for number, recipe in enumerate(_recipes(steps, seed), start=1):
        if _done(places, number, recipe):
            continue
        progress = setting.watch(f"seed {seed}, level {number}", recipe.train.steps)
        train_level(number, places, recipe, replace(session, prefix=f"{NAME}/seed{seed}/", progress=progress))
    return open_level(places, len(LEVELS))


def _places(setting: Setting, seed: int) -> Places:
    """The levels of each seed have a folder of their own; the faces are those of all experiments."""
    places = setting.materials.places
    return replace(places, nets=places.work / "experiments" / NAME / f"seed{seed}")


def _recipes(steps: Sequence[int], seed: int) -> Iterator[LevelRecipe]:
    """Those of the levels that ship, for trainings of so many steps."""
    for recipe, length in zip(LEVELS, steps, strict=True):
        train = replace(recipe.train, steps=length, seed=seed, validate_every=max(1, length // 10), threads=1)
        yield replace(recipe, train=train, per_photo=_PER_PHOTO)


def _done(places: Places, number: int, recipe: LevelRecipe) -> bool:
    """Whether a level is trained, and has its threshold. Raises SpecError where it is of another spec."""
    folder = places.level(number)
    return step_reached(folder, recipe.train) == recipe.train.steps and (folder / "bundle").exists()


def taken_apart(
    whole: Bundle, photos: Sequence[AnnotatedPhoto], seed: int, setting: Setting
) -> dict[tuple[str, bool], Reached]:
    """What each arrangement of a cascade's levels reaches, calibrated and not."""
    track, found = setting.materials.session.track, {}
    for name, numbers in ARRANGEMENTS.items():
        for calibrate in (False, True):
            label = f"seed {seed}: {name}{', calibrated' if calibrate else ''}"
            one = arranged(whole, numbers, calibrate=calibrate)
            found[name, calibrate] = reached(one, photos, track, label)
    return found


def arranged(bundle: Bundle, numbers: Sequence[int], *, calibrate: bool) -> Bundle:
    """A cascade of these levels of a bundle; without its first, that hands on every window where it lies.

    A level that is now the last has no threshold, since all its scores are to be ranked.
    """
    levels, nets = list(bundle.spec.levels), bundle.nets
    if 1 not in numbers:
        levels[0] = replace(levels[0], min_score=0.0, max_iou=1.0, calibrate=False)
    chosen = sorted({1, *numbers})
    kept = [replace(levels[n - 1], calibrate=levels[n - 1].calibrate and calibrate) for n in chosen]
    kept[-1] = replace(kept[-1], min_score=LEAST_SCORE)
    spec = replace(bundle.spec, levels=tuple(kept))
    return replace(bundle, spec=spec, nets=tuple(nets[n - 1] for n in chosen), aligner=None)


def reached(bundle: Bundle, photos: Sequence[AnnotatedPhoto], track: Track, label: str) -> Reached:
    """What a cascade reaches on these photos, on one thread."""
    detector = Detector(bundle, 1)
    found, times, looked = [], [], []
    for photo in track(photos, label):
        image, stages = images.read(photo.path), list[Stage]()
        began = time.process_time()
        faces = detector.faces(image, min_face=MIN_FACE, watch=stages.append)
        times.append(time.process_time() - began)
        found.append(Found.of(faces))
        looked.append([stage.entered for stage in stages if stage.step == "classified"])
    figures = performance(NAME, photos, found, min_face=MIN_FACE)
    return Reached(
        ap=figures.ap.value,
        ap_70=figures.ap_70.value,
        ms=float(np.median(times)) * 1000,
        windows=tuple(np.mean(looked, axis=0).tolist()),
    )


def _row(name: str, calibrated: bool, each: Sequence[Reached]) -> tuple[str, ...]:
    windows = np.mean([one.windows for one in each], axis=0)
    return (
        name,
        "yes" if calibrated else "no",
        spread(np.array([one.ap for one in each]), ".3f", lost="–"),
        spread(np.array([one.ap_70 for one in each]), ".3f", lost="–"),
        spread(np.array([one.ms for one in each]), ".1f"),
        " → ".join(f"{count:.0f}" for count in windows),
    )
