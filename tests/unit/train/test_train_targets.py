from math import log, pi

import numpy as np
import pytest
import torch
from torch import Tensor

from smilecascade.geometry.calibration import DISPLACEMENTS, MIRRORED, SHIFTS, expected_displacements
from smilecascade.train import augment
from smilecascade.train.augment import Chance, cut_windows
from smilecascade.train.crops import CONTEXT, POINTS
from smilecascade.train.targets import (
    BEYOND,
    FAR,
    NEARLY,
    class_weights,
    drawn_displacements,
    expected,
    mirrored,
    points_in,
    windows_of,
)

CLASSES = torch.from_numpy(DISPLACEMENTS)
LIMIT = torch.tensor([SHIFTS[-1], SHIFTS[-1], log(1.1**2)])
CENTRE = torch.zeros(1, 1, 2)


def within(count: int, reach: float = 1.0) -> Tensor:
    """Displacements anywhere in the range of the classes, times the reach."""
    return (torch.rand(count, 3, generator=torch.Generator().manual_seed(2)) * 2 - 1) * LIMIT * reach


def rolls(count: int, largest: float = pi) -> Tensor:
    return torch.linspace(-largest, largest, count)


def six_points(count: int, reach: float = 0.5) -> Tensor:
    return (torch.rand(count, 6, 2, generator=torch.Generator().manual_seed(4)) * 2 - 1) * reach


def test_a_class_has_its_weight_alone() -> None:
    torch.testing.assert_close(class_weights(CLASSES), torch.eye(45), atol=1e-5, rtol=0)


def test_weights_are_a_distribution_whose_mean_is_the_displacement() -> None:
    displacements = within(200)
    weights = class_weights(displacements)
    assert weights.shape == (200, 45)
    assert weights.min() >= 0
    torch.testing.assert_close(weights.sum(1), torch.ones(200))
    torch.testing.assert_close(weights @ CLASSES, displacements, atol=1e-5, rtol=0)


def test_weights_are_shared_by_neighbours_alone() -> None:
    weights = class_weights(within(200))
    steps = torch.tensor([0.17, 0.17, log(1.1)])
    for shares, displacement in zip(weights, within(200), strict=True):
        assert ((CLASSES[shares > 0] - displacement).abs() <= steps + 1e-5).all()


def test_beyond_the_outermost_the_mean_is_the_outermost() -> None:
    displacements = within(200, reach=3)
    mean = class_weights(displacements) @ CLASSES
    torch.testing.assert_close(mean, displacements.clamp(-LIMIT, LIMIT), atol=1e-5, rtol=0)


@pytest.mark.parametrize("spread", [0.0, 0.1, 1.0, 10.0])
def test_logits_stand_for_what_the_cascade_reads_in_them(spread: float) -> None:
    logits = torch.randn(50, 45, generator=torch.Generator().manual_seed(1)) * spread
    wanted = expected_displacements(torch.softmax(logits, dim=1).numpy())
    np.testing.assert_allclose(expected(logits).numpy(), wanted, atol=1e-6)


def test_a_direct_prediction_stands_for_itself() -> None:
    assert torch.equal(expected(within(5)), within(5))


def test_the_centre_of_the_face_is_seen_at_the_opposite_of_the_displacement() -> None:
    displacements = within(60, reach=FAR)
    seen = points_in(windows_of(displacements, rolls(60)), CENTRE.expand(60, 1, 2))
    wanted = -displacements[:, :2] / displacements[:, 2:].exp()
    torch.testing.assert_close(seen[:, 0], wanted, atol=1e-5, rtol=0)


def test_windows_are_turned_and_sized_as_asked() -> None:
    windows = windows_of(within(9), rolls(9))
    torch.testing.assert_close(windows.side, within(9)[:, 2].exp())
    assert torch.equal(windows.roll, rolls(9))


def test_a_window_in_place_sees_the_points_where_they_are() -> None:
    seen = points_in(windows_of(torch.zeros(5, 3), torch.zeros(5)), six_points(5))
    torch.testing.assert_close(seen, six_points(5))


def test_a_window_turned_by_a_quarter_sees_the_right_at_the_top() -> None:
    windows = windows_of(torch.zeros(1, 3), torch.tensor([pi / 2]))
    seen = points_in(windows, torch.tensor([[[0.3, 0.0]]]))
    torch.testing.assert_close(seen, torch.tensor([[[0.0, -0.3]]]), atol=1e-6, rtol=0)


def test_unknown_points_stay_unknown_and_hide_no_other() -> None:
    points = six_points(3)
    points[:, 2] = torch.nan
    seen = points_in(windows_of(within(3), rolls(3)), points)
    _, other_way = mirrored(within(3), seen, torch.ones(3, dtype=torch.bool))
    for found in (seen, other_way):
        assert found[:, 2].isnan().all()
        assert found[:, [0, 1, 3, 4, 5]].isfinite().all()


def spots(points: Tensor, size: int) -> Tensor:
    """Crops (N, 3, size, size), as they are stored, each with a spot of light at its point (N, 2)."""
    at = (torch.arange(size) + 0.5) / size * CONTEXT - CONTEXT / 2
    x, y = points.T[:, :, None]
    light = torch.exp(-(((at - y) / 0.04) ** 2))[:, :, None] * torch.exp(-(((at - x) / 0.04) ** 2))[:, None]
    return 255 * light[:, None].expand(-1, 3, -1, -1)


def shown_at(pictures: Tensor) -> Tensor:
    """Where (N, 3, S, S) pictures are bright, from their centre in their sides: (N, 2)."""
    light, size = pictures[:, 0], pictures.shape[-1]
    at = (torch.arange(size) + 0.5) / size - 0.5
    x, y = (light.sum(1) * at).sum(1), (light.sum(2) * at).sum(1)
    return torch.stack([x, y], dim=1) / light.sum((1, 2))[:, None]


@pytest.mark.parametrize("size", [24, 48])
def test_a_cut_picture_shows_a_point_where_the_target_says(size: int) -> None:
    """Displaced by each of the classes, turned, and mirrored or not."""
    points = six_points(90, reach=0.1)
    displacements, flipped = CLASSES.repeat(2, 1), torch.arange(90) >= 45
    windows = windows_of(displacements, rolls(90))
    pictures = augment.mirrored(cut_windows(spots(points[:, 0], 128), windows, size), flipped)
    _, seen = mirrored(displacements, points_in(windows, points), flipped)
    left_eye = torch.where(flipped[:, None], seen[:, 1], seen[:, 0])
    assert (shown_at(pictures) - left_eye).abs().max() < 1 / size


def test_mirrored_twice_is_as_before() -> None:
    flipped = torch.tensor([True, False] * 4)
    once = mirrored(within(8), six_points(8), flipped)
    displacements, points = mirrored(*once, flipped)
    assert torch.equal(displacements, within(8))
    assert torch.equal(points, six_points(8))
    assert not torch.equal(once[0], within(8))


def test_only_the_mirrored_are_mirrored() -> None:
    flipped = torch.tensor([True, False, True])
    displacements, points = mirrored(within(3), six_points(3), flipped)
    changed = (displacements != within(3)).any(1), (points != six_points(3)).flatten(1).any(1)
    assert [each.tolist() for each in changed] == [flipped.tolist()] * 2


def test_a_mirrored_class_is_the_class_of_the_mirrored_window() -> None:
    displacements, _ = mirrored(CLASSES, torch.zeros(45, 6, 2), torch.ones(45, dtype=torch.bool))
    assert class_weights(displacements).argmax(1).tolist() == MIRRORED.tolist()


def test_in_a_mirrored_picture_left_and_right_change_places() -> None:
    _, points = mirrored(within(1), six_points(1), torch.tensor([True]))
    places = dict(zip(POINTS, six_points(1)[0], strict=True))
    for name, point in zip(POINTS, points[0], strict=True):
        side, _, part = name.rpartition("_")
        opposite = {"left": f"right_{part}", "right": f"left_{part}", "": part}[side]
        assert torch.equal(point, places[opposite] * torch.tensor([-1.0, 1])), name


def test_windows_are_displaced_by_each_of_the_classes() -> None:
    weights = class_weights(drawn_displacements(2000, Chance(1), "classes"))
    torch.testing.assert_close(weights.amax(1), torch.ones(2000))
    assert len(weights.argmax(1).unique()) == 45


def test_windows_are_displaced_anywhere_and_some_of_them_far() -> None:
    reach = (drawn_displacements(4000, Chance(1), "anywhere") / LIMIT).abs()
    assert BEYOND < reach.max() <= FAR
    assert (reach.amax(0) > BEYOND).all()
    far = (reach.amax(1) > BEYOND).float().mean()
    assert 0.05 < far < 0.25
    assert (reach.amax(1) < 0.3).float().mean() > 0.1


def test_most_windows_nearly_in_place_are_displaced_by_less() -> None:
    nearly, anywhere = (
        (drawn_displacements(4000, Chance(1), displaced) / LIMIT).abs()  # type: ignore[arg-type]
        for displaced in ("nearly", "anywhere")
    )
    beyond = (nearly.amax(1) > NEARLY).float().mean()
    assert 0.02 < beyond < 0.05
    assert 1 < nearly.max() <= FAR
    assert nearly.mean() < 0.7 * anywhere.mean()


@pytest.mark.parametrize("displaced", ["classes", "anywhere", "nearly"])
def test_displacements_come_from_the_seed(displaced: str) -> None:
    first, same, other = (drawn_displacements(9, Chance(seed), displaced) for seed in (1, 1, 2))  # type: ignore[arg-type]
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_no_windows_are_a_value() -> None:
    none, no_points = torch.zeros(0, 3), torch.zeros(0, 6, 2)
    for displaced in ("classes", "anywhere", "nearly"):
        assert drawn_displacements(0, Chance(1), displaced).shape == (0, 3)  # type: ignore[arg-type]
    assert points_in(windows_of(none, torch.zeros(0)), no_points).shape == (0, 6, 2)
    assert [len(each) for each in mirrored(none, no_points, torch.zeros(0, dtype=torch.bool))] == [0, 0]
    assert class_weights(none).shape == (0, 45)
    assert expected(torch.zeros(0, 45)).shape == (0, 3)
