from dataclasses import replace
from pathlib import Path

import pytest

from smilecascade import datasets
from smilecascade.errors import DatasetError
from smilecascade.train import sets
from smilecascade.train.sets import (
    HELD_BACK_BACKGROUNDS,
    MERGED,
    POINTS,
    VALIDATION,
    background_photos,
    points_photos,
    training_photos,
)


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


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the set of points alone: two photos of each of 200 people, one in either list."""
    monkeypatch.setattr(sets, "MERGED", (POINTS,))
    for number in (1, 2):
        names = [f"Person_{person}/{number}.jpg" for person in range(200)]
        for name in names:
            (tmp_path / POINTS.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / POINTS.folder / name).touch()
        lines = [f"{name} 30 80 20 90 40 40 60 40 50 50 42 60 58 60\n" for name in names]
        file = "trainImageList.txt" if number == 1 else "testImageList.txt"
        (tmp_path / POINTS.folder / file).write_text("".join(lines))
    return tmp_path


def test_nobody_is_both_learned_from_and_measured_on(people: Path) -> None:
    measured = [photo.name for photo in points_photos(people)]
    learned = [photo.name for _, photo in training_photos(people)]
    assert len(set(measured + learned)) == len(measured + learned) == 400
    persons = [{name.split("/")[0] for name in names} for names in (measured, learned)]
    assert persons[0].isdisjoint(persons[1])
    assert 10 <= len(persons[0]) <= 30
    assert len(measured) == 2 * len(persons[0])


def test_people_of_other_sets_are_all_learned_from(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (people / POINTS.folder).rename(people / "others")
    monkeypatch.setattr(sets, "MERGED", (replace(POINTS, folder="others"),))
    assert len(list(training_photos(people))) == 400


def test_a_missing_set_says_what_to_do(tmp_path: Path) -> None:
    readers = (
        background_photos,
        sets.validation_photos,
        points_photos,
        lambda data: list(training_photos(data)),
    )
    for read in readers:
        with pytest.raises(
            DatasetError, match="no such folder; unpack the data sets and give their folder as --data"
        ):
            read(tmp_path)


def test_every_set_has_a_reader_and_a_weight() -> None:
    for chosen in (*MERGED, VALIDATION):
        assert chosen.format in datasets.READERS
        assert chosen.weight > 0
    assert VALIDATION.folder not in {chosen.folder for chosen in MERGED}
