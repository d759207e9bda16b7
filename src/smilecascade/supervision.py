"""Faces as the ``Detections`` of the package supervision, for all that its users have around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from smilecascade.errors import SmilecascadeError
from smilecascade.records import Face

if TYPE_CHECKING:
    from supervision import Detections


def to_supervision(faces: Sequence[Face]) -> Detections:
    """Faces as ``supervision.Detections``, in the same order; none gives N = 0.

    ``xyxy`` (N, 4) float32, ``confidence`` (N,) float32, ``class_id`` all 0; ``tracker_id`` (N,)
    where every face has a track. ``data`` holds ``class_name`` ("face"), and what every face has
    of ``points`` (N, 5, 2), ``expression`` and ``smiley``. Raises SmilecascadeError where the
    extra 'supervision' is not installed.
    """
    try:
        from supervision import Detections
    except ImportError:
        raise SmilecascadeError(
            "supervision is not installed: pip install 'smilecascade[supervision]'"
        ) from None
    tracks = _told(faces, "track")
    return Detections(
        xyxy=np.array([face.box for face in faces], np.float32).reshape(-1, 4),
        confidence=np.array([face.score for face in faces], np.float32),
        class_id=np.zeros(len(faces), np.int64),
        tracker_id=None if tracks is None else np.array(tracks, np.int64),
        data=_data(faces),
    )


def _data(faces: Sequence[Face]) -> dict[str, Any]:
    data: dict[str, Any] = {"class_name": np.array(["face"] * len(faces), np.str_)}
    for name in ("points", "expression", "smiley"):
        values = _told(faces, name)
        if values is not None:
            data[name] = np.array(values)
    return data


def _told(faces: Sequence[Face], name: str) -> list[Any] | None:
    """The values of a field, or None where a face does not have it, or there is no face."""
    values = [getattr(face, name) for face in faces]
    return None if not values or None in values else values
