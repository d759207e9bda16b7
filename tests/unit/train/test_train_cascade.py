from dataclasses import replace
from pathlib import Path

import pytest

from smilecascade.errors import SpecError
from smilecascade.nets import NETS, Calibrator
from smilecascade.train.cascade import train_level
from smilecascade.train.materials import Places
from smilecascade.train.recipe import LEVELS

CALIBRATORS = [name for name, entry in NETS.items() if isinstance(entry.build(), Calibrator)]


@pytest.mark.parametrize("name", CALIBRATORS)
def test_a_level_is_not_made_of_a_calibrator(tmp_path: Path, name: str) -> None:
    """It is told before any work: neither data nor the level before are there, and nothing is written."""
    recipe = replace(LEVELS[1], train=replace(LEVELS[1].train, net=name))
    places = Places(data=tmp_path / "data", work=tmp_path / "work")
    with pytest.raises(SpecError, match=rf"net: '{name}' only calibrates; smilecascade train calibrators"):
        train_level(2, places, recipe)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["multi-24", "article-64-inceptron"])
def test_a_level_is_not_made_of_a_net_that_never_slides(tmp_path: Path, name: str) -> None:
    recipe = replace(LEVELS[1], train=replace(LEVELS[1].train, net=name))
    with pytest.raises(SpecError, match=rf"net: '{name}' is there to be compared, and no level can have it"):
        train_level(2, Places(data=tmp_path / "data", work=tmp_path / "work"), recipe)
    assert list(tmp_path.iterdir()) == []
