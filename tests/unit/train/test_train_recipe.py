from dataclasses import replace
from pathlib import Path

import pytest

from smilecascade.errors import SpecError
from smilecascade.nets import NETS, Calibrator
from smilecascade.train.recipe import LEVELS, Places, train_level

CALIBRATORS = [name for name, entry in NETS.items() if isinstance(entry.build(), Calibrator)]


@pytest.mark.parametrize("name", CALIBRATORS)
@pytest.mark.parametrize("number", [1, 2])
def test_a_level_is_not_made_of_a_calibrator(tmp_path: Path, number: int, name: str) -> None:
    """It is told before any work: nothing is read, and nothing written."""
    recipe = replace(LEVELS[number - 1], train=replace(LEVELS[number - 1].train, net=name))
    places = Places(data=tmp_path / "missing", work=tmp_path / "work")
    with pytest.raises(SpecError, match=rf"net: '{name}' only calibrates; smilecascade train calibrators"):
        train_level(number, places, recipe)
    assert list(tmp_path.iterdir()) == []
