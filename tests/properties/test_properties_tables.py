"""Laws of the tables of displacements, whatever their size."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from smilecascade.geometry.calibration import DISPLACEMENTS
from smilecascade.train.targets import TABLES, class_weights, expected

sizes = st.sampled_from(sorted(TABLES))
coordinates = st.tuples(*[st.floats(-3, 3, width=32)] * 3)


def test_the_table_of_45_is_that_of_the_cascade() -> None:
    np.testing.assert_allclose(TABLES[45].rows.numpy(), DISPLACEMENTS, atol=1e-6)


@given(sizes)
def test_all_tables_reach_as_far(size: int) -> None:
    for limit in (torch.amin, torch.amax):
        torch.testing.assert_close(limit(TABLES[size].rows, 0), limit(TABLES[45].rows, 0))


@given(sizes)
def test_a_class_has_its_weight_alone(size: int) -> None:
    weights = class_weights(TABLES[size].rows, size)
    torch.testing.assert_close(weights, torch.eye(size), atol=1e-4, rtol=0)


@given(sizes)
def test_a_sure_class_is_expected_to_be_itself(size: int) -> None:
    sure = torch.eye(size) * 40
    torch.testing.assert_close(expected(sure), TABLES[size].rows, atol=1e-5, rtol=0)


@given(sizes, st.lists(coordinates, max_size=20))
def test_the_shares_are_a_distribution_whose_mean_is_the_displacement(
    size: int, drawn: list[tuple[float, float, float]]
) -> None:
    """Of what lies beyond the outermost classes, the outermost."""
    rows = TABLES[size].rows
    displacements = torch.tensor(drawn).reshape(-1, 3) * rows.amax(0)
    weights = class_weights(displacements, size)
    assert weights.shape == (len(drawn), size)
    assert (weights >= 0).all()
    torch.testing.assert_close(weights.sum(1), torch.ones(len(drawn)), atol=1e-5, rtol=0)
    wanted = displacements.clamp(rows.amin(0), rows.amax(0))
    torch.testing.assert_close(weights @ rows, wanted, atol=1e-5, rtol=0)
