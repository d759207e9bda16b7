"""How many hard faces each detector finds, and how often it is wrong about such photos.

A face is found if a detection overlaps its square by an IoU of 0.5, after the box fit that the plain
photos ask for (``evaluate.boxfit``), each photo with the fit of the half that it is not in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from smilecascade.analyze import Cascade
from smilecascade.detect.cascade import Detector as CascadeDetector
from smilecascade.detect.rotations import ROTATIONS, rotated_faces
from smilecascade.evaluate.boxfit import BoxFit
from smilecascade.evaluate.match import FALSE_ALARM, Truth, match
from smilecascade.evaluate.measure import Found, fits_of_halves, tally
from smilecascade.evaluate.peers import Detector
from smilecascade.evaluate.stress.case import Case
from smilecascade.evaluate.stress.families import FAMILIES, Family
from smilecascade.geometry.boxes import FloatArray
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto, Face

MIN_IOU = 0.5

#: A photo and its pixels.
Decoded = tuple[AnnotatedPhoto, Pixels]


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """A detector that is measured, and the families in which it is; none: in all.

    at_its_threshold: whether all that it finds counts. Of others so much counts as gives as many false
    alarms on the plain photos as the first entrant has: their scores mean something else.
    """

    detector: Detector
    families: frozenset[str] = frozenset()
    at_its_threshold: bool = False

    def is_in(self, family: Family) -> bool:
        """Whether it is measured in this family."""
        return not self.families or family.name in self.families


class Rotating:
    """A cascade at its own thresholds that looks at each photo upright and turned by right angles."""

    name = "smilecascade, 4 rotations"

    def __init__(self, cascade: Cascade, *, threads: int = 1) -> None:
        self._detector = CascadeDetector(cascade.bundle, threads)

    def detect(self, image: Pixels, min_face: float) -> list[Face]:
        """The faces that lean by any right angle, best first."""
        return rotated_faces(self._detector, image, ROTATIONS, min_face=min_face)


@dataclass(frozen=True, kw_only=True)
class Style:
    """What the plain photos say of a detector: its box fits, by photo name, and the least score."""

    fits: Mapping[str, BoxFit]
    least_score: float


@dataclass(frozen=True, kw_only=True)
class Step:
    """One detector at one step of one family.

    faces: of so many, one a photo. recall: the share found, 0..1. kept: the share found of those
    that this detector finds at the mildest step. false_alarms: a photo. NaN without faces.
    """

    family: str
    step: float
    detector: str
    faces: int
    recall: float
    kept: float
    false_alarms: float


def styles(entrants: Sequence[Entrant], photos: Iterable[Decoded], *, min_face: float) -> dict[str, Style]:
    """Look at the plain photos with each of at least one detector; by detector name."""
    plain = _look(entrants, photos, min_face)
    fits = {name: fits_of_halves(found, plain.truths, plain.names) for name, found in plain.found.items()}
    alarms = {name: _alarms(plain, name, fits[name], min_face) for name in fits}
    allowed = len(alarms[entrants[0].detector.name])
    own = {entrant.detector.name for entrant in entrants if entrant.at_its_threshold}
    return {
        name: Style(
            fits=dict(zip(plain.names, fits[name], strict=True)),
            least_score=0.0 if name in own else _least_score(alarms[name], allowed),
        )
        for name in fits
    }


@dataclass
class _Plain:
    """The photos as they are: their names, what is asked of each, and what each detector found."""

    found: dict[str, list[Found]]
    names: list[str] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)


def _look(entrants: Sequence[Entrant], photos: Iterable[Decoded], min_face: float) -> _Plain:
    plain = _Plain({entrant.detector.name: [] for entrant in entrants})
    for photo, image in photos:
        plain.names.append(photo.name)
        plain.truths.append(Truth.of(photo, min_face))
        for entrant in entrants:
            faces = entrant.detector.detect(image, min_face)
            plain.found[entrant.detector.name].append(Found.of(faces))
    return plain


def _alarms(plain: _Plain, name: str, fits: Sequence[BoxFit], min_face: float) -> FloatArray:
    """The scores of all false alarms of a detector, descending."""
    fitted = [
        Found(boxes=fit.apply(one.boxes), scores=one.scores)
        for one, fit in zip(plain.found[name], fits, strict=True)
    ]
    pooled = tally(fitted, plain.truths, min_face=min_face, min_iou=MIN_IOU)
    return pooled.scores[~pooled.hits]


def _least_score(alarms: FloatArray, allowed: int) -> float:
    """The score above which no more than so many of the alarms, descending, lie."""
    return float(np.nextafter(alarms[allowed], np.float32(2))) if len(alarms) > allowed else 0.0


@dataclass
class _Tally:
    """What one detector did at one step, face by face."""

    found: list[bool] = field(default_factory=list)
    false_alarms: int = 0


def measured(
    entrants: Sequence[Entrant],
    told: Mapping[str, Style],
    photos: Iterable[Decoded],
    *,
    min_face: float,
    seed: int,
    families: Sequence[Family] = FAMILIES,
) -> list[Step]:
    """Each detector at every step of every family, in the families' order.

    told: what ``styles`` says of these detectors and photos. seed: of what chance decides; a photo's
    cases are the same whatever else is measured.
    """
    tallies: defaultdict[tuple[str, float, str], _Tally] = defaultdict(_Tally)
    for photo, image in photos:
        plain = Case.of(photo, image, min_face)
        for family, step, case in _made(plain, families, [seed, *photo.name.encode()]):
            for detector in _detectors(entrants, family):
                style = told[detector.name]
                tally_of = tallies[family.name, step, detector.name]
                _judge(tally_of, detector, case, style.fits[photo.name], style.least_score)
    return [
        _step(family, step, detector.name, tallies)
        for family in families
        for step in family.steps
        for detector in _detectors(entrants, family)
    ]


def _detectors(entrants: Sequence[Entrant], family: Family) -> list[Detector]:
    return [entrant.detector for entrant in entrants if entrant.is_in(family)]


def _made(
    plain: Case | None, families: Sequence[Family], seed: Sequence[int]
) -> Iterator[tuple[Family, float, Case]]:
    """All cases of one photo."""
    for family in families:
        if plain is not None and family.fits(plain):
            for step in family.steps:
                yield family, step, family.make(plain, step, np.random.default_rng(seed))


def _judge(tally: _Tally, detector: Detector, case: Case, fit: BoxFit, least_score: float) -> None:
    found = Found.of(
        [face for face in detector.detect(case.image, case.min_face) if face.score >= least_score]
    )
    boxes = fit.apply(found.boxes)
    verdicts = match(boxes, found.scores, case.truth, min_face=case.min_face, min_iou=MIN_IOU)
    tally.found.append(bool((verdicts >= 0).any()))
    tally.false_alarms += int((verdicts == FALSE_ALARM).sum())


def _step(
    family: Family, step: float, detector: str, tallies: Mapping[tuple[str, float, str], _Tally]
) -> Step:
    tally_of = tallies[family.name, step, detector]
    found = np.array(tally_of.found, bool)
    at_first = np.array(tallies[family.name, family.mildest, detector].found, bool)
    return Step(
        family=family.name,
        step=step,
        detector=detector,
        faces=len(found),
        recall=_share(found),
        kept=_share(found[at_first]),
        false_alarms=tally_of.false_alarms / len(found) if len(found) else float("nan"),
    )


def _share(found: NDArray[np.bool_]) -> float:
    return float(found.mean()) if len(found) else float("nan")
