"""Which faces are covered: what any look at a photo sees."""

import numpy as np
import pytest

from painted import BLUE, GREEN, RED, PaintedCascade, painted
from smilecascade.mask import Search
from smilecascade.mask.looks import Look
from smilecascade.mask.search import plausible, united
from smilecascade.records import Face

BOX = (40, 30, 66, 64)


def test_a_face_that_one_look_sees_is_found() -> None:
    looks = len(Search().upright) + len(Search().lying)
    for seeing in range(len(Search().upright)):
        cascade = PaintedCascade(blind=lambda number, seeing=seeing: number != seeing)
        (face,) = Search().faces(cascade, painted((RED, BOX)))
        assert face.box == pytest.approx(BOX, abs=1)
        assert cascade.looks == looks


def test_a_face_that_all_looks_see_is_found_once(cascade: PaintedCascade) -> None:
    assert len(Search().faces(cascade, painted((RED, BOX)))) == 1


def test_less_sure_faces_are_found_than_detect_reports(cascade: PaintedCascade) -> None:
    image = painted((GREEN, BOX), (BLUE, (100, 30, 126, 64)))
    assert cascade.detect(image) == []
    (face,) = Search().faces(cascade, image)
    assert face.score == 0.85


@pytest.mark.parametrize("colour", [RED, GREEN])
def test_a_lying_face_has_to_be_surer(cascade: PaintedCascade, colour: tuple[int, int, int]) -> None:
    found = Search().faces(cascade, painted((colour, (40, 30, 74, 56))))
    assert len(found) == (colour == RED)
    assert all(face.box == pytest.approx((40, 30, 74, 56), abs=1) for face in found)


def test_smaller_faces_than_wanted_are_left(cascade: PaintedCascade) -> None:
    image = painted((RED, (40, 30, 57, 51)))
    assert [len(Search(min_face=least).faces(cascade, image)) for least in (20, 22)] == [1, 0]
    assert Search(min_face=20, tolerance=1.0).faces(cascade, image) == []


def test_no_look_is_one_of_a_photo_without_pixels(cascade: PaintedCascade) -> None:
    assert Search().faces(cascade, np.zeros((0, 5, 3), np.uint8)) == []


def test_the_looks_are_told_how_small_a_face_is_in_them() -> None:
    asked = []

    class Asked(PaintedCascade):
        def detect(self, image, *, min_face=40, min_score=None):
            asked.append((image.shape[:2], min_face, round(min_score, 3)))
            return []

    search = Search(min_face=24, upright=(Look(), Look(scale=2)), lying=(Look(turns=1),))
    search.faces(Asked(), painted(size=(30, 20)))
    assert asked == [((20, 30), 24, 0.796), ((40, 60), 48, 0.796), ((30, 20), 24, 0.945)]


def face(x: float, y: float, side: float, score: float) -> Face:
    return Face(box=(x, y, x + side, y + side), score=score)


def test_what_holds_two_surer_faces_is_none() -> None:
    crowd, left, right = face(0, 0, 100, 0.9), face(10, 30, 20, 0.99), face(60, 30, 20, 0.95)
    assert plausible([left, right, crowd]) == [left, right]
    assert plausible([left, crowd]) == [left, crowd]
    assert plausible([left, crowd, right]) == [left, crowd, right]
    assert plausible([]) == []


def test_of_faces_that_overlap_the_best_stays() -> None:
    first, second, other = face(0, 0, 20, 0.9), face(2, 2, 20, 0.95), face(60, 0, 20, 0.91)
    assert united([first, second, other], 0.3) == [second, other]
    assert united([], 0.3) == []
