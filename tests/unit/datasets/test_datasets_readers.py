from collections.abc import Callable
from pathlib import Path

import pytest

from smilecascade.datasets import READERS, backgrounds, open_set
from smilecascade.errors import DatasetError


def test_an_unknown_format_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"unknown format 'webface'; the nearest known one is 'webfaces' of .*voc"
    ):
        open_set("webface", tmp_path)


@pytest.mark.parametrize("format", READERS)
def test_a_missing_folder_is_reported_before_reading(tmp_path: Path, format: str) -> None:
    with pytest.raises(
        DatasetError, match=f"gone: expected the folder of a {format} set, got no such folder"
    ):
        open_set(format, tmp_path / "gone")


@pytest.mark.parametrize("format", sorted(set(READERS) - {"backgrounds"}))
def test_a_folder_of_another_kind_is_reported(tmp_path: Path, format: str) -> None:
    with pytest.raises(DatasetError, match=str(tmp_path)):
        list(open_set(format, tmp_path))


def test_backgrounds_are_all_photos_below_a_folder(tmp_path: Path) -> None:
    for name in ("b/2.PNG", "a.jpg", "b/notes.txt", "b/1.webp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.jpg").mkdir()
    photos = list(open_set("backgrounds", tmp_path))
    assert [photo.name for photo in photos] == ["a.jpg", "b/1.webp", "b/2.PNG"]
    assert all(photo.faces == () and photo.complete and photo.path.is_file() for photo in photos)


def test_a_folder_without_photos_gives_nothing(tmp_path: Path) -> None:
    assert list(backgrounds.read(tmp_path)) == []


@pytest.mark.data
@pytest.mark.parametrize(
    ("format", "name", "photos", "faces"),
    [
        ("webfaces", "caltech_webfaces_val", 569, 879 + 176),
        ("lfw", "lfw_150px", 5589, 5589),
        ("mtfl", "mtfl_80px", 8840, 8840),
        ("masks", "masks_ilc", 1577, 3924),
        ("voc", "facemask", 406, 1751),
        ("fddb", "fddb_train", 602, 799),
        ("wider", "people", 1164, 4149 + 8144),
    ],
)
def test_every_label_of_every_set_is_read(
    dataset: Callable[[str], Path], format: str, name: str, photos: int, faces: int
) -> None:
    read = list(open_set(format, dataset(name)))
    assert (len(read), sum(len(photo.faces) for photo in read)) == (photos, faces)
    assert all(photo.path.is_file() for photo in read)


@pytest.mark.data
@pytest.mark.parametrize(
    # WIDER's validation labels hold 39,708 rows, of which 11 span no box.
    ("format", "photos", "faces"),
    [("fddb", 2845, 5171), ("wider", 3226, 39697)],
)
def test_official_labels_are_read_without_their_photos(
    dataset: Callable[[str], Path], format: str, photos: int, faces: int
) -> None:
    read = list(open_set(format, dataset("annotations") / format))
    assert (len(read), sum(len(photo.faces) for photo in read)) == (photos, faces)
