"""What the compared nets learn from: the faces of the base set or of all, and the same windows without one.

Only the faces differ between base and merged. Windows without a face are random ones, as the article's
were: each net is judged alone, and no level before it takes the easy ones away.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from smilecascade.mipmaps import Pixels
from smilecascade.nets import entry
from smilecascade.records import AnnotatedPhoto
from smilecascade.specs import TrainSpec
from smilecascade.train import sets
from smilecascade.train.crops import FaceCrops
from smilecascade.train.materials import Places, faces_of, negatives_of, photos_of
from smilecascade.train.recipe import LEVELS
from smilecascade.train.samples import Samples, shrunk
from smilecascade.train.session import Session
from smilecascade.train.shards import Shards
from smilecascade.train.stored import fingerprint

#: Samples that nets are validated on, the same for all seeds; of large windows fewer, which take long.
_VALIDATED, _FEWER, _LARGE = 4096, 2048, 48

#: And to see whether it runs.
_QUICKLY = 32

#: The largest window of an experiment: the crops of the base set are kept as fine as it needs.
_LARGEST = 64

#: Windows without a face taken from one photo, to learn from, and to validate on.
_PER_PHOTO, _HELD_BACK = 12, 30


@dataclass(frozen=True, kw_only=True)
class Materials:
    """All that the trainings of experiments take, made when it is first asked for.

    quick: with a few samples only, where just the run itself is tried.
    """

    places: Places
    session: Session
    quick: bool = False
    _made: dict[int, tuple[Shards, Shards]] = field(default_factory=dict, init=False)

    def samples(self, train: TrainSpec, *, merged: bool) -> tuple[Samples, Samples]:
        """Those to learn from, and those to validate on."""
        window = entry(train.net).window
        negatives, unseen = self._negatives(window) if train.positives < 1 else _nothing(window)
        learned, known = self._faces
        learned = learned if merged else self._base
        validated = _QUICKLY if self.quick else _FEWER if window >= _LARGE else _VALIDATED
        held = replace(train, batch=validated, seed=0, displaced="nearly")
        return (
            Samples(learned, negatives, window, train, halved=True),
            Samples(known, unseen, window, held, halved=True),
        )

    @property
    def data(self) -> str:
        """The photos' fingerprint."""
        return fingerprint(photo for _, photo in self._photos[0])

    @cached_property
    def _photos(self) -> tuple[list[tuple[str, AnnotatedPhoto]], list[AnnotatedPhoto]]:
        return photos_of(self.places, self.session.opinion, self.session.track)

    @cached_property
    def _faces(self) -> tuple[FaceCrops, FaceCrops]:
        return faces_of(self.places, self._photos[0], self.session.track)

    @cached_property
    def _base(self) -> FaceCrops:
        """The faces of the base set alone, in memory: a quarter of all."""
        faces = self._faces[0]
        rows = np.flatnonzero(faces.sets == sets.MERGED[0].folder)
        return FaceCrops(
            pixels=np.asarray(shrunk(faces.pixels, _LARGEST)[rows]),
            sets=faces.sets[rows],
            side=faces.side[rows],
            alone=faces.alone[rows],
            points=faces.points[rows],
        )

    def _negatives(self, window: int) -> tuple[Shards, Shards]:
        if window not in self._made:
            photos, held_back = self._photos
            labelled = [photo for _, photo in photos if photo.complete]
            folder, track = self.places.work / "experiments" / f"negatives{window}", self.session.track
            few, more = (replace(LEVELS[0], per_photo=count) for count in (_PER_PHOTO, _HELD_BACK))
            self._made[window] = (
                negatives_of(labelled, None, window, few, folder / "train", track),
                negatives_of(held_back, None, window, more, folder / "held_back", track),
            )
        return self._made[window]


def _nothing(window: int) -> tuple[Pixels, Pixels]:
    """No windows: calibrators learn from faces alone."""
    nothing = np.zeros((0, window, window, 3), np.uint8)
    return nothing, nothing
