from pathlib import Path

import pyarrow.parquet as pq
import pytest

from smilecascade.cluster.photos import Photo
from smilecascade.cluster.shards import SCHEMA, Shards
from smilecascade.errors import ClusterError, ExportError
from smilecascade.export import parquet


@pytest.fixture
def shards(tmp_path: Path) -> Shards:
    shards = Shards.at(str(tmp_path / "out"))
    shards.begin({"bundle": "one"})
    return shards


def _photo(path: str, size: int | None = 5, mtime: int | None = 7) -> Photo:
    return Photo(path=path, file=path.encode(), size=size, mtime=mtime)


def _paths(shards: Shards) -> list[str]:
    tables = [shards.keys(name) for name in shards.files()]
    return sorted(path for table in tables for path in table["path"].to_pylist())


def test_rows_have_the_fields_of_a_parquet_file_and_what_the_photo_is_known_by() -> None:
    assert [field.name for field in SCHEMA] == [*parquet.SCHEMA.names, "size", "mtime"]


def test_what_is_held_is_not_left(shards: Shards, row) -> None:
    shards.add([row("a"), row("b", error="is broken")])
    photos = {name: _photo(name) for name in "abc"}
    held = shards.settle(photos, retry=True)
    assert [photo.path for photo in held.left(photos)] == ["c"]
    assert held.unread(photos) == 1


def test_an_empty_folder_holds_nothing(shards: Shards) -> None:
    held = shards.settle({}, retry=True)
    assert (held.errors, held.left({}), shards.files()) == ({}, [], [])


@pytest.mark.parametrize("length", [0, 3, 400])
def test_half_a_shard_is_removed(shards: Shards, tmp_path: Path, row, length: int) -> None:
    shards.add([row("a")])
    (whole,) = (tmp_path / "out").glob("*.parquet")
    (tmp_path / "out" / "half.parquet").write_bytes(whole.read_bytes()[:length])
    assert list(shards.settle({}, retry=True).errors) == ["a"]
    assert shards.files() == [whole.name]


def test_no_photo_is_there_twice(shards: Shards, row) -> None:
    shards.add([row("a"), row("b")])
    shards.add([row("b"), row("c")])
    shards.settle({}, retry=True)
    assert _paths(shards) == ["a", "b", "c"]


@pytest.mark.parametrize("now", [{"size": 6}, {"mtime": 8}])
def test_a_photo_that_has_changed_is_left_and_its_row_removed(shards: Shards, row, now) -> None:
    shards.add([row("a"), row("b")])
    photos = {"a": _photo("a", **now), "b": _photo("b")}
    assert shards.settle(photos, retry=True).left(photos) == [photos["a"]]
    assert _paths(shards) == ["b"]


def test_a_photo_that_is_gone_keeps_its_row(shards: Shards, row) -> None:
    shards.add([row("a")])
    assert list(shards.settle({"b": _photo("b")}, retry=True).errors) == ["a"]


def test_what_could_not_be_reached_is_tried_again_by_the_next_run_only(shards: Shards, row) -> None:
    shards.add([row("a", size=None, mtime=None, error="cannot be fetched")])
    photos = {"a": _photo("a")}
    assert shards.settle(photos, retry=False).left(photos) == []
    assert shards.settle(photos, retry=True).left(photos) == [photos["a"]]
    assert shards.files() == []


def test_rows_that_stay_are_unchanged(shards: Shards, row) -> None:
    shards.add([row("a"), row("b", error="is broken")])
    (name,) = shards.files()
    before = pq.ParquetFile(f"{shards.folder}/{name}").read().to_pylist()
    shards.settle({"a": _photo("a", size=6)}, retry=True)
    assert pq.ParquetFile(f"{shards.folder}/{name}").read().to_pylist() == before[1:]


def test_other_settings_are_refused(shards: Shards) -> None:
    shards.begin({"bundle": "one"})
    with pytest.raises(ExportError, match="was begun with bundle one, not with bundle two"):
        shards.begin({"bundle": "two"})


def test_a_folder_of_somebody_elses_parquet_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.parquet").write_bytes(b"mine")
    with pytest.raises(ClusterError, match=r"mine.parquet in it is none of its shards\); give --out"):
        Shards.at(str(tmp_path)).begin({})


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ClusterError, match="file/out: cannot be written"):
        Shards.at(str(tmp_path / "file" / "out")).begin({})


def test_results_may_lie_at_an_address(tmp_path: Path, row) -> None:
    shards = Shards.at(f"{tmp_path.as_uri()}/out")
    shards.begin({})
    shards.add([row("a")])
    assert len(list((tmp_path / "out").glob("*.parquet"))) == 1
