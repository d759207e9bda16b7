from dataclasses import replace

import numpy as np
import pytest
from discs import label

from smilecascade.evaluate.stress import damage
from smilecascade.evaluate.stress.case import Case, boxes
from smilecascade.evaluate.stress.families import FAMILIES, Family

NAMED = {family.name: family for family in FAMILIES}


def made(case: Case, name: str, step: float, seed: int = 0) -> Case:
    return NAMED[name].make(case, step, np.random.default_rng(seed))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_step_gives_a_photo_with_one_wanted_face(case: Case, family: Family) -> None:
    assert family.mildest in family.steps
    assert set(family.ticks) <= set(family.steps)
    for step in family.steps:
        changed = family.make(case, step, np.random.default_rng(0))
        assert changed.image.dtype == np.uint8
        assert changed.image.shape[2] == 3
        assert changed.truth.wanted.shape == (1, 4)


@pytest.mark.parametrize("name", ["roll", "cut by the border", "blur", "JPEG", "darkness", "noise"])
def test_the_mildest_step_hardly_changes_the_face(case: Case, name: str) -> None:
    changed = made(case, name, NAMED[name].mildest)
    x1, y1, x2, y2 = (round(edge) for edge in changed.truth.wanted[0].tolist())
    face = changed.image[max(y1, 0) : y2, max(x1, 0) : x2]
    known = case.image[60:120, 120:180][-face.shape[0] :, -face.shape[1] :]
    assert abs(face.mean() - known.mean()) < 12


@pytest.mark.parametrize("side", NAMED["size"].steps)
def test_a_face_of_a_size_is_searched_for(case: Case, side: float) -> None:
    changed = made(case, "size", side)
    assert changed.side == pytest.approx(side, rel=0.03)
    assert changed.min_face == pytest.approx(min(20, 0.8 * side))


@pytest.mark.parametrize("share", NAMED["fills the photo"].steps)
def test_a_face_takes_up_its_share_of_the_photo(case: Case, share: float) -> None:
    changed = made(case, "fills the photo", share)
    ((x1, y1, x2, y2),) = boxes(changed.truth.wanted).tolist()
    height, width = changed.image.shape[:2]
    assert ((x2 - x1) / width, (y2 - y1) / height) == pytest.approx((share, share), rel=0.05)
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((width / 2, height / 2), abs=1)


def test_a_face_without_room_fills_no_photo(case: Case) -> None:
    assert NAMED["fills the photo"].fits(case)
    assert not NAMED["fills the photo"].fits(replace(case, image=case.image[:130]))


def test_a_face_is_cut_at_each_border_by_its_share(case: Case) -> None:
    """Of four borders chance takes each at some time, and cuts what it is told to."""
    lost = set()
    for seed in range(30):
        changed = made(case, "cut by the border", 0.25, seed)
        ((x1, y1, x2, y2),) = boxes(changed.truth.wanted).tolist()
        height, width = changed.image.shape[:2]
        beyond = [-x1 / (x2 - x1), -y1 / (y2 - y1), (x2 - width) / (x2 - x1), (y2 - height) / (y2 - y1)]
        (border,) = (k for k, share in enumerate(beyond) if share > 0)
        assert beyond[border] == pytest.approx(0.25, abs=0.02)
        lost.add(border)
    assert lost == {0, 1, 2, 3}


def test_other_labels_move_along(photo, image: np.ndarray) -> None:
    case = Case.of(photo(label((200, 100, 240, 140))), image, 20)
    distance = case.truth.optional - case.truth.wanted
    for step in (0.1, 0.4):
        changed = made(case, "cut by the border", step)
        np.testing.assert_allclose(changed.truth.optional - changed.truth.wanted, distance)


def test_a_blur_spreads_and_keeps_the_light() -> None:
    image = np.zeros((41, 41, 3), np.uint8)
    image[18:23, 18:23] = 250
    blurred = damage.blurred(image, 2.0).astype(int)
    assert blurred.max() < 250
    assert blurred.sum() == pytest.approx(int(image.sum()), rel=0.05)
    np.testing.assert_array_equal(damage.blurred(image, 0), image)


def test_a_lower_quality_differs_more() -> None:
    rows, columns = np.mgrid[:64, :64]
    image = np.repeat((127 + 120 * np.sin(rows / 9 + columns / 4))[..., None], 3, axis=2).astype(np.uint8)
    errors = [np.abs(damage.compressed(image, quality).astype(int) - image).mean() for quality in (95, 30, 2)]
    assert errors == sorted(errors)
    assert errors[0] < errors[-1] / 2


def test_a_stop_halves_the_light() -> None:
    image = np.full((2, 2, 3), 200, np.uint8)
    light = [(damage.darkened(image, stops) / 255.0) ** damage.GAMMA for stops in (0, 1, 2)]
    np.testing.assert_allclose(light[0] / light[1], 2, rtol=0.03)
    np.testing.assert_allclose(light[1] / light[2], 2, rtol=0.03)


def test_noise_has_the_deviation_that_was_asked_for() -> None:
    image = np.full((100, 100, 3), 128, np.uint8)
    noisy = damage.noisy(image, 20, np.random.default_rng(0)).astype(float)
    assert noisy.std() == pytest.approx(20, rel=0.03)
    assert noisy.mean() == pytest.approx(128, abs=0.5)
    np.testing.assert_array_equal(damage.noisy(image, 0, np.random.default_rng(0)), image)
