import numpy as np
import pytest

from smilecascade.express.drawn.coverage import coverages

SQUARE = np.array([[1.25, 2.5], [3.75, 2.5], [3.75, 4.0], [1.25, 4.0]])


def test_nothing_covers_nothing() -> None:
    assert list(coverages([])) == []


def test_a_box_covers_its_share_of_each_pixel() -> None:
    (covered,) = coverages([SQUARE])
    assert (covered.left, covered.top) == (1, 2)
    np.testing.assert_allclose(covered.shares[:2], [[0.375, 0.5, 0.375], [0.75, 1, 0.75]])
    assert not covered.shares[2:].any()


def test_the_direction_does_not_matter() -> None:
    there, back = coverages([SQUARE, SQUARE[::-1]])
    np.testing.assert_allclose(there.shares, back.shares)


def test_each_polygon_is_covered_by_itself() -> None:
    triangle = np.array([[-3.0, -1.0], [0.0, -1.0], [-3.0, 2.0]])
    alone = [*coverages([SQUARE]), *coverages([triangle])]
    for one, other in zip(alone, coverages([SQUARE, triangle]), strict=True):
        np.testing.assert_array_equal(one.shares, other.shares)
        assert (one.left, one.top) == (other.left, other.top)


def test_what_overlaps_itself_is_covered() -> None:
    (covered,) = coverages([np.concatenate([SQUARE, SQUARE])])
    assert covered.shares.max() == 1


@pytest.mark.parametrize("corners", [3, 5, 8, 40])
def test_all_that_is_covered_is_the_area(corners: int) -> None:
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False) + 0.3
    polygon = np.stack([9.1 * np.cos(angles), 6.7 * np.sin(angles)], axis=1) + 2.03
    (covered,) = coverages([polygon])
    assert covered.shares.sum() == pytest.approx(
        corners / 2 * 9.1 * 6.7 * np.sin(2 * np.pi / corners), rel=1e-5
    )
