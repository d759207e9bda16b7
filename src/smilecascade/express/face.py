"""The face that a smiley makes: its parameters, and how they follow from what a person's face shows.

Each of the eight expressions has its own face, drawn as strongly as it gets; what is shown is their mean,
weighted by the probabilities, so that half a smile looks like half a smile.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from math import isfinite

import numpy as np

from smilecascade.express.emotions import EMOTIONS, Expression


def _range(low: float, high: float, default: float = 0.0) -> float:
    value: float = field(default=default, metadata={"range": (low, high)})
    return value


@dataclass(frozen=True, kw_only=True)
class FaceShape:
    """What a drawn face looks like. The defaults are a calm face; left and right are the viewer's.

    brow_weight: 0 no brows, 1 strong ones.      brow_lift: -1 down on the eyes, 1 high up.
    brow_tilt:   1 inner ends down (anger), -1 inner ends up (sorrow).
    brow_cock:   1 the right brow up alone, -1 the left one.
    left_eye, right_eye: 1 open, 0 closed.       eye_size: 1 as usual.
    upper_lid, lower_lid: 0 out of the way, 1 over the eye.
    eye_tilt:    1 outer corners up (anger), -1 down (sorrow).
    white:       0 round dark eyes, 1 staring with all their white.
    pupil:       how much of a white eye is dark.  gaze: -1 to the left, 1 to the right.
    mouth_width, mouth_open, mouth_curve: curve 1 smiles, -1 the opposite.
    mouth_rise:  where an open mouth opens: 0 downwards (a laugh), 0.5 both ways (an O), 1 upwards (a snarl).
    smirk:       1 the right corner up, -1 the left one.   wave: 1 a mouth that quivers.
    teeth:       1 shows both rows.              tongue: 1 shows it.
    blush, flush, sickly, pallor: pink cheeks; a red, a green, a pale face.
    tear, sweat, wrinkle: a tear under the eye, a drop on the brow, a wrinkled nose.
    """

    brow_weight: float = _range(0, 1, 0.35)
    brow_lift: float = _range(-1, 1)
    brow_tilt: float = _range(-1, 1)
    brow_cock: float = _range(-1, 1)
    left_eye: float = _range(0, 1, 1.0)
    right_eye: float = _range(0, 1, 1.0)
    eye_size: float = _range(0.5, 1.5, 1.0)
    upper_lid: float = _range(0, 1)
    lower_lid: float = _range(0, 1)
    eye_tilt: float = _range(-1, 1)
    white: float = _range(0, 1)
    pupil: float = _range(0.2, 1, 1.0)
    gaze: float = _range(-1, 1)
    mouth_width: float = _range(0, 1, 0.42)
    mouth_open: float = _range(0, 1)
    mouth_curve: float = _range(-1, 1, 0.2)
    mouth_rise: float = _range(0, 1, 0.5)
    smirk: float = _range(-1, 1)
    wave: float = _range(0, 1)
    teeth: float = _range(0, 1)
    tongue: float = _range(0, 1)
    tongue_out: float = _range(0, 1)
    blush: float = _range(0, 1, 0.25)
    flush: float = _range(0, 1)
    sickly: float = _range(0, 1)
    pallor: float = _range(0, 1)
    tear: float = _range(0, 1)
    sweat: float = _range(0, 1)
    wrinkle: float = _range(0, 1)

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not (isfinite(value) and low <= value <= high):
                raise ValueError(f"{name}: expected a number from {low:g} to {high:g}, got {value}")


#: The least and the greatest value of each parameter, by name.
RANGES: dict[str, tuple[float, float]] = {f.name: f.metadata["range"] for f in fields(FaceShape)}

#: The face of each expression, as strong as it gets. Drawn, looked at and changed until they read at 16 px.
FACES: dict[str, FaceShape] = {
    "neutral": FaceShape(),
    "happiness": FaceShape(
        brow_weight=0.35,
        brow_lift=0.35,
        eye_size=1.03,
        lower_lid=0.85,
        mouth_width=0.85,
        mouth_open=0.85,
        mouth_curve=0.8,
        mouth_rise=0,
        teeth=0.35,
        tongue=1,
        blush=1,
    ),
    "surprise": FaceShape(
        brow_weight=0.7,
        brow_lift=1,
        eye_size=1.15,
        white=0.85,
        pupil=0.62,
        mouth_width=0.2,
        mouth_open=0.9,
        mouth_curve=0,
        mouth_rise=0.5,
        tongue=0.5,
        blush=0.5,
    ),
    "sadness": FaceShape(
        brow_weight=0.85,
        brow_lift=0.25,
        brow_tilt=-0.9,
        eye_size=1.05,
        upper_lid=0.25,
        eye_tilt=-0.5,
        mouth_width=0.42,
        mouth_curve=-0.75,
        blush=0.3,
        tear=1,
    ),
    "anger": FaceShape(
        brow_weight=1,
        brow_lift=-0.8,
        brow_tilt=1,
        eye_size=0.95,
        upper_lid=0.55,
        eye_tilt=1,
        mouth_width=0.5,
        mouth_open=0.62,
        mouth_curve=-0.75,
        mouth_rise=0.85,
        teeth=1,
        blush=0,
        flush=1,
    ),
    "disgust": FaceShape(
        brow_weight=0.9,
        brow_lift=-0.55,
        brow_tilt=0.5,
        eye_size=0.95,
        upper_lid=0.45,
        lower_lid=0.6,
        mouth_width=0.5,
        mouth_open=0.45,
        mouth_curve=-0.5,
        mouth_rise=0.9,
        wave=0.35,
        tongue_out=1,
        blush=0,
        sickly=1,
        wrinkle=1,
    ),
    "fear": FaceShape(
        brow_weight=0.8,
        brow_lift=0.7,
        brow_tilt=-0.8,
        eye_size=1.1,
        white=1,
        pupil=0.36,
        mouth_width=0.55,
        mouth_open=0.62,
        mouth_curve=-0.35,
        mouth_rise=0.55,
        wave=0.45,
        teeth=1,
        blush=0,
        pallor=1,
        sweat=1,
    ),
    "contempt": FaceShape(
        brow_weight=0.9,
        brow_cock=0.9,
        brow_lift=-0.1,
        upper_lid=0.6,
        white=0.85,
        pupil=0.6,
        gaze=0.9,
        mouth_width=0.5,
        mouth_curve=0,
        smirk=1,
        blush=0.1,
    ),
}

#: Where the mouth of a face begins to open, and where it is plainly open.
SHUT, AJAR = 0.3, 0.6

#: Eyes are drawn open below, closed above, and between half-closed: nobody is ever quite sure.
_OPEN, _CLOSED = 0.2, 0.8

#: How far a smile that the probabilities know nothing of bends the mouth.
_SMILE_TRUST = 0.6


def face_of(expression: Expression) -> FaceShape:
    """The face for an expression: the mean of ``FACES``, with eyes, mouth and smile as they were seen."""
    face = _mean_face([expression.probabilities[name] for name in EMOTIONS])
    left, right = (
        float(np.interp(seen, (_OPEN, _CLOSED), (1, 0))) for seen in expression.eyes_closed or (0, 0)
    )
    return replace(
        face,
        left_eye=face.left_eye * left,
        right_eye=face.right_eye * right,
        mouth_open=_opened(face.mouth_open, expression.mouth_open),
        mouth_curve=_smiled(face.mouth_curve, expression),
    )


def _mean_face(weights: list[float]) -> FaceShape:
    """The mean of ``FACES``, weighted in the order of ``EMOTIONS``; weights ≥ 0, together more than 0."""
    total = sum(weights)
    shares = [(weight / total, FACES[name]) for weight, name in zip(weights, EMOTIONS, strict=True)]
    means = {name: sum(share * getattr(face, name) for share, face in shares) for name in RANGES}
    # Rounding may lead a hair out of the range.
    return FaceShape(**{name: min(max(means[name], low), high) for name, (low, high) in RANGES.items()})


def _opened(usual: float, seen: float | None) -> float:
    """How open the mouth is: as the expression has it, but shut or open as it was seen to be."""
    if seen is None:
        return usual
    return min(usual, SHUT) * (1 - seen) + max(usual, AJAR) * seen


def _smiled(usual: float, expression: Expression) -> float:
    """How the mouth bends: as the expression has it, and some more where a smile was seen beyond it."""
    unknown = max((expression.smile or 0) - expression.probabilities["happiness"], 0)
    return usual + (FACES["happiness"].mouth_curve - usual) * unknown * _SMILE_TRUST
