"""From a photo to what its faces show."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import smilecascade
from smilecascade.analyze import Cascade
from smilecascade.errors import BundleError
from smilecascade.express import EMOTIONS


@pytest.fixture(scope="module")
def cascade(expressive_bundle: Path) -> Cascade:
    return smilecascade.load(expressive_bundle, threads=1)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)


def test_faces_are_those_of_detection_with_what_they_show(cascade: Cascade, photo: np.ndarray) -> None:
    faces = cascade.analyze(photo)
    assert len(faces) > 1
    bare = [replace(face, expression=None, smiley=None, probabilities=None) for face in faces]
    assert bare == cascade.detect(photo)
    for face in faces:
        assert face.probabilities is not None
        assert tuple(face.probabilities) == EMOTIONS
        assert sum(face.probabilities.values()) == pytest.approx(1, abs=1e-4)
        assert face.expression == max(face.probabilities, key=face.probabilities.__getitem__)
        assert face.smiley


def test_where_there_is_no_face_nothing_is_shown(cascade: Cascade) -> None:
    assert cascade.analyze(np.zeros((0, 40, 3), np.uint8)) == []
    assert cascade.analyze(np.zeros((50, 50, 3), np.uint8), min_score=1.0) == []


def test_arguments_are_checked_as_those_of_detection(cascade: Cascade, photo: np.ndarray) -> None:
    with pytest.raises(ValueError, match="min_face"):
        cascade.analyze(photo, min_face=1)


def test_a_bundle_without_expressions_says_what_to_do(random_bundle: Path, photo: np.ndarray) -> None:
    cascade = smilecascade.load(random_bundle, threads=1)
    with pytest.raises(BundleError, match="nothing of expressions; smilecascade train expression adds"):
        cascade.analyze(photo)
