from pathlib import Path

import pytest

from smilecascade import datasets
from smilecascade.errors import DatasetError
from smilecascade.train import sets
from smilecascade.train.sets import HELD_BACK_BACKGROUNDS, MERGED, VALIDATION, background_photos


def backgrounds(data: Path, count: int) -> Path:
    """Empty files serve: only their names are read."""
    (data / "backgrounds").mkdir(parents=True)
    for number in range(count):
        (data / "backgrounds" / f"{number:05}.jpg").touch()
    return data


@pytest.mark.parametrize("count", [1908, 2000, 401, 40, 2, 1])
def test_some_backgrounds_are_held_back_and_the_rest_is_mined(tmp_path: Path, count: int) -> None:
    mined, held_back = background_photos(backgrounds(tmp_path, count))
    names = [photo.name for photo in mined], [photo.name for photo in held_back]
    assert sorted(names[0] + names[1]) == [f"{number:05}.jpg" for number in range(count)]
    assert len(held_back) == min(HELD_BACK_BACKGROUNDS, -(-count // 4))
    again = background_photos(tmp_path)
    assert [photo.name for photo in again[1]] == names[1]


def test_held_back_backgrounds_come_from_everywhere(tmp_path: Path) -> None:
    _, held_back = background_photos(backgrounds(tmp_path, 1908))
    places = [int(photo.name[:5]) for photo in held_back]
    assert places[0] < 10
    assert places[-1] > 1700


def test_no_backgrounds_are_a_value(tmp_path: Path) -> None:
    assert background_photos(backgrounds(tmp_path, 0)) == ([], [])


def test_a_missing_set_says_what_to_do(tmp_path: Path) -> None:
    for read in (background_photos, sets.validation_photos, lambda data: list(sets.training_photos(data))):
        with pytest.raises(
            DatasetError, match="no such folder; unpack the data sets and give their folder as --data"
        ):
            read(tmp_path)


def test_every_set_has_a_reader_and_a_weight() -> None:
    for chosen in (*MERGED, VALIDATION):
        assert chosen.format in datasets.READERS
        assert chosen.weight > 0
    assert VALIDATION.folder not in {chosen.folder for chosen in MERGED}
