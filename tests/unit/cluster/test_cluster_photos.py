import os
from pathlib import Path

import pytest

from smilecascade.cluster.addresses import is_address
from smilecascade.cluster.photos import SCHEMA, Stores, local_photo, table
from smilecascade.errors import ClusterError


@pytest.mark.parametrize(
    ("place", "expected"),
    [("s3://bucket/a", True), ("file:///a", True), ("a/b", False), ("c://a", False), ("", False)],
)
def test_an_address_is_told_from_a_path(place: str, expected: bool) -> None:
    assert is_address(place) is expected


def test_a_photo_is_known_by_its_path_as_given_its_size_and_its_time(photos: Path, monkeypatch) -> None:
    monkeypatch.chdir(photos)
    os.utime("a.png", ns=(0, 1_234_567_891))
    photo = local_photo(Path("a.png"))
    assert (photo.path, photo.size, photo.mtime) == ("a.png", Path("a.png").stat().st_size, 1_234_567)
    assert os.fsdecode(photo.file) == str(photos / "a.png")


def test_a_photo_that_is_not_there_has_no_size() -> None:
    assert (local_photo(Path("missing.jpg")).size, local_photo(Path("missing.jpg")).mtime) == (None, None)


def test_photos_below_an_address_are_those_of_a_folder(photos: Path) -> None:
    (photos / "below").mkdir()
    for name in ("notes.txt", ".hidden.jpg", "below/c.JPG"):
        (photos / name).touch()
    found = list(Stores().photos(photos.as_uri()))
    assert [Path(photo.path.removeprefix("file://")).name for photo in found] == ["a.png", "b.png", "c.JPG"]
    assert found[0].path == f"{photos.as_uri()}/a.png"
    assert (found[0].store, found[0].size) == (0, (photos / "a.png").stat().st_size)
    assert found[0].mtime == local_photo(photos / "a.png").mtime


def test_an_address_may_name_one_photo_or_none(photos: Path) -> None:
    stores = Stores()
    (there,) = stores.photos(f"{photos.as_uri()}/a.png")
    (missing,) = stores.photos(f"{photos.as_uri()}/x.png")
    assert (there.trouble, there.store, missing.store) == (None, 0, 1)
    assert missing.trouble == "there is no such file; check the address"


def test_an_unknown_scheme_is_named() -> None:
    with pytest.raises(ClusterError, match="nowhere://a: cannot be opened"):
        list(Stores().photos("nowhere://a"))


def test_a_table_has_a_row_a_photo_and_none_of_none(photos: Path) -> None:
    assert table([local_photo(photos / "a.png")]).num_rows == 1
    assert table([]).schema == SCHEMA
