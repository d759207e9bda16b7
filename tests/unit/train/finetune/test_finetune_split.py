from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from smilecascade import images
from smilecascade.errors import DatasetError
from smilecascade.records import AnnotatedPhoto, FaceLabel
from smilecascade.train.finetune.split import Split, split

Label = Callable[..., FaceLabel]


def photo(folder: Path, number: int, *faces: FaceLabel, name: str = "") -> AnnotatedPhoto:
    """A photo whose pixels depend on the number alone."""
    name = name or f"{number}.png"
    images.save(np.full((2, 2, 3), number, np.uint8), folder / name)
    return AnnotatedPhoto(path=folder / name, name=name, faces=faces)


@pytest.fixture
def photos(tmp_path: Path, label: Label) -> list[AnnotatedPhoto]:
    """Thirty photos with a face, and ten without."""
    return [photo(tmp_path, k, *([label(0, 0, 30, 30)] if k < 30 else [])) for k in range(40)]


def names(part: tuple[AnnotatedPhoto, ...]) -> list[str]:
    return [photo.name for photo in part]


def parts(done: Split) -> dict[str, str]:
    """Of each photo its part."""
    return {name: part for part in ("train", "choose", "held_back") for name in names(getattr(done, part))}


def test_every_photo_is_in_one_part_and_each_part_has_its_share(photos: list[AnnotatedPhoto]) -> None:
    done = split(photos, 1)
    assert sorted(parts(done)) == sorted(photo.name for photo in photos)
    for part, faces, empty in ((done.train, 21, 7), (done.choose, 3, 1), (done.held_back, 6, 2)):
        assert [bool(photo.faces) for photo in part].count(True) == faces
        assert len(part) == faces + empty
        assert names(part) == [photo.name for photo in photos if photo in part]


def test_the_seed_decides(photos: list[AnnotatedPhoto]) -> None:
    assert split(photos, 1) == split(photos, 1)
    assert split(photos, 1) != split(photos, 2)


def test_the_order_of_the_labels_changes_nothing(photos: list[AnnotatedPhoto]) -> None:
    assert parts(split(photos[::-1], 1)) == parts(split(photos, 1))


def test_copies_of_a_photo_share_its_part(photos: list[AnnotatedPhoto], tmp_path: Path, label: Label) -> None:
    copies = [photo(tmp_path, k, label(0, 0, 30, 30), name=f"copy{k}.png") for k in range(20)]
    part = parts(split([*photos, *copies], 1))
    assert all(part[f"copy{k}.png"] == part[f"{k}.png"] for k in range(20))


def test_hardly_a_photo_moves_when_others_are_added(
    photos: list[AnnotatedPhoto], tmp_path: Path, label: Label
) -> None:
    more = [photo(tmp_path, k, label(0, 0, 30, 30)) for k in range(100, 103)]
    before, after = parts(split(photos, 1)), parts(split([*photos, *more], 1))
    assert sum(before[name] != after[name] for name in before) <= 3


def test_few_photos_with_faces_are_refused(
    photos: list[AnnotatedPhoto], tmp_path: Path, label: Label
) -> None:
    small = [photo(tmp_path, k, label(0, 0, 19, 19)) for k in range(50, 60)]
    ignored = [photo(tmp_path, k, label(0, 0, 30, 30, role="ignore")) for k in range(60, 70)]
    with pytest.raises(DatasetError, match=r"^photos that show a face of 20 px or more: 9; .* at least 10"):
        split([*photos[:9], *photos[30:], *small, *ignored], 1)
    done = split(photos[:10], 1)
    assert (len(done.train), len(done.choose), len(done.held_back)) == (7, 1, 2)
