"""Retraining of the levels, one after the other, each on what the retrained ones before it let through.

WORK/faces/            the stored crops of the faces that are learned from
WORK/level2/           negatives, checkpoint, the id of its run, and the bundle of the levels so far
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from torch import Tensor

from smilecascade.bundle import Bundle, open_bundle, write_bundle
from smilecascade.detect.cascade import Detector
from smilecascade.nets import Net, entry
from smilecascade.records import AnnotatedPhoto
from smilecascade.specs import CascadeSpec, LevelSpec, to_mapping
from smilecascade.train import crops
from smilecascade.train.figures import MIN_FACE
from smilecascade.train.finetune.recipe import Recipe
from smilecascade.train.fitted import fitted
from smilecascade.train.loop import Progress, Validation
from smilecascade.train.materials import Track, lazily, negatives_of
from smilecascade.train.publish import exported
from smilecascade.train.recipe import LevelRecipe
from smilecascade.train.restored import Weights, restored
from smilecascade.train.samples import Samples
from smilecascade.train.shards import Shards
from smilecascade.train.stored import fingerprint
from smilecascade.train.thresholds import best_scores, threshold_at_alarms

#: A threshold of the first levels stays, unless it loses more than this share of the faces to choose on,
#: and more than so many: one or two of a few dozen tell nothing.
LOST, LOST_FACES = 0.01, 2

#: It is lowered to this share of itself at most: every window more takes time on every photo.
LEAST_LOWERED = 1 / 3

#: The last threshold moves by so much of the way to 0 or to 1 at most: the photos to choose on are few.
MOST_MOVED = 0.5

#: With fewer negatives a level learns from all that the level before looks at, face-like or not.
LEAST_NEGATIVES = 500

#: A threshold that lets through whatever can be told apart.
_OPEN = 0.001

#: Is told a level's number and of how many faces and negatives it learns; gives the progress of its steps.
Begin = Callable[[int, int, int], Progress]


@dataclass(frozen=True, kw_only=True)
class Retraining:
    """All that the levels have in common.

    base: what is retrained. learned: the photos to learn from, in canonical squares, each with the
    name of its set; ``choose``: those to choose thresholds on. work: the folder of the work. runs:
    the folder of runs that the trainings are recorded in; None keeps no record.
    """

    base: Bundle
    learned: Sequence[tuple[str, AnnotatedPhoto]]
    choose: Sequence[AnnotatedPhoto]
    recipe: Recipe
    work: Path
    runs: Path | None
    begin: Begin
    track: Track

    def bundle(self) -> Bundle:
        """The bundle with all levels retrained; a level that is there already is not trained again.

        The aligner is the base's: it is asked of faces alone, and knows how they lie.
        """
        bundle: Bundle | None = None
        for number in range(1, len(self.recipe.levels) + 1):
            done = self._place(number) / "bundle"
            bundle = open_bundle(done) if done.exists() else self._level(number, bundle)
        assert bundle is not None
        return bundle

    def _level(self, number: int, before: Bundle | None) -> Bundle:
        recipe, start = self.recipe.levels[number - 1], restored(self.base, number)
        known, negatives = entry(recipe.train.net), self._negatives(number, before)
        samples = Samples(self._faces(), negatives, known.window, recipe.train, halved=number == 1)
        net = self._fitted(number, samples, start)
        net.load_state_dict(averaged(start, net.state_dict(), self.recipe.share))
        onnx = exported(net, known, negatives[: min(256, len(negatives))])
        return self._bundled(number, before, onnx)

    def _fitted(self, number: int, samples: Samples, start: Weights) -> Net:
        return fitted(
            f"finetune-level{number}",
            samples,
            self._place(number),
            config={"level": number, **to_mapping(self.recipe.levels[number - 1])},
            data=self._fingerprint(),
            runs=self.runs,
            validate=_unasked,
            initial=start,
            progress=self.begin(number, len(samples.faces), len(samples.negatives)),
        )

    def _is_last(self, number: int) -> bool:
        return number == len(self.recipe.levels)

    def _place(self, number: int) -> Path:
        return self.work / f"level{number}"

    def _faces(self) -> crops.FaceCrops:
        folder = self.work / "faces"
        folder.mkdir(parents=True, exist_ok=True)
        tracked = lazily(self.track, self.learned, "storing faces")
        return crops.store(tracked, folder, {"photos": self._fingerprint()})

    def _fingerprint(self) -> str:
        return fingerprint(photo for _, photo in self.learned)

    def _negatives(self, number: int, before: Bundle | None) -> Shards:
        """What the levels before let through; where that is little, all that they look at."""
        recipe, place = self.recipe.levels[number - 1], self._place(number)
        photos, window = [photo for _, photo in self.learned], entry(recipe.train.net).window
        for margin in (recipe.mine_margin, 0.0):
            asked, folder = replace(recipe, mine_margin=margin), place / f"negatives-{margin:g}"
            found = negatives_of(photos, before, window, asked, folder, self.track)
            if before is None or len(found) >= LEAST_NEGATIVES:
                break
        return found

    def _bundled(self, number: int, before: Bundle | None, onnx: bytes) -> Bundle:
        """The cascade up to this level, with its threshold chosen."""
        recipe, known = self.recipe.levels[number - 1], self.base.spec.levels[number - 1]
        levels, nets = ((), ()) if before is None else (before.spec.levels, before.nets)
        trained = [*(before.manifest["training"] if before else []), to_mapping(recipe)]

        def spec(level: LevelSpec) -> CascadeSpec:
            return replace(self.base.spec, levels=(*levels, level))

        whole = self._is_last(number)
        more = {"aligner": self.base.aligner, "expression": self.base.expression} if whole else {}
        place, wide = self._place(number) / "bundle", spec(replace(known, min_score=_OPEN))
        open_wide = Bundle(path=place, spec=wide, manifest={}, nets=(*nets, onnx), **more)
        score = self._threshold(number, Detector(open_wide, recipe.train.threads), recipe)
        chosen = spec(replace(known, min_score=score))
        return write_bundle(place, chosen, (*nets, onnx), {"training": trained}, **more)

    def _threshold(self, number: int, detector: Detector, recipe: LevelRecipe) -> float:
        known = self.base.spec.levels[number - 1].min_score
        photos = self.track(self.choose, "choosing the threshold")
        if self._is_last(number):
            return within_reach(threshold_at_alarms(detector, photos, min_face=MIN_FACE), known)
        scores = best_scores(detector, photos, min_face=MIN_FACE, least_iou=recipe.least_iou)
        return lowered(known, scores[scores > 0])


def averaged(start: Weights, end: Weights, share: float) -> dict[str, Tensor]:
    """The weights this share of the way from ``start`` to ``end``; whole numbers are those of ``start``."""
    return {
        name: start[name].lerp(value, share) if value.is_floating_point() else start[name]
        for name, value in end.items()
    }


def lowered(known: float, scores: np.ndarray) -> float:
    """A threshold of the first levels, lowered where it loses more faces than it may.

    scores: (faces,) the score up to which the level keeps each. It may lose ``LOST`` of them, or
    ``LOST_FACES`` if that is more; it is lowered down to ``LEAST_LOWERED`` of itself.
    """
    allowed = max(LOST_FACES, int(LOST * len(scores)))
    if int((scores < known).sum()) <= allowed:
        return known
    return max(float(np.sort(scores)[allowed]), known * LEAST_LOWERED)


def within_reach(chosen: float, known: float) -> float:
    """The chosen threshold, or how far it may be from the known one: ``MOST_MOVED`` of the way."""
    return min(max(chosen, known * (1 - MOST_MOVED)), known + MOST_MOVED * (1 - known))


def _unasked(net: Net) -> Validation:
    """Nothing is asked while a level trains: the photos to choose on are few, and the whole is judged."""
    return Validation({})
