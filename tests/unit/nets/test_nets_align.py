import pytest
import torch

from smilecascade.nets import NETS, Aligner, entry

ALIGNERS = [name for name in NETS if isinstance(entry(name).build(), Aligner)]


@pytest.mark.parametrize("name", ALIGNERS)
def test_an_aligner_says_how_a_face_lies_and_where_its_points_are(name: str) -> None:
    window = entry(name).window
    outputs = entry(name).build()(torch.rand(3, 3, window, window))
    assert outputs.face is None
    assert outputs.displacement is not None
    assert outputs.displacement.shape == (3, 45, 1, 1)
    assert outputs.points is not None
    assert outputs.points.shape == (3, 10, 1, 1)


@pytest.mark.parametrize("name", ALIGNERS)
def test_nothing_drops_out_of_an_aligner(name: str) -> None:
    assert not [layer for layer in entry(name).build().modules() if isinstance(layer, torch.nn.Dropout)]
