import os
from dataclasses import replace
from pathlib import Path

import pytest

from smilecascade.bundle import open_bundle
from smilecascade.cluster.looker import Looker, Search
from smilecascade.cluster.photos import Photo, Stores, local_photo, table
from smilecascade.cluster.shards import SCHEMA, Shards
from smilecascade.errors import BundleError, ClusterError


@pytest.fixture
def shards(tmp_path: Path) -> Shards:
    shards = Shards.at(str(tmp_path / "out"))
    shards.begin({})
    return shards


@pytest.fixture
def search() -> Search:
    digest = open_bundle(None).digest
    return Search(bundle=None, digest=digest, min_face=40, min_score=None, describe=repr)


def test_a_row_a_photo_in_order_and_errors_are_rows(examples: Path, photos: Path, shards, search) -> None:
    (photos / "b.png").write_bytes(b"no photo")
    paths = [examples / "astronaut.jpg", photos / "a.png", photos / "b.png", photos / "missing.png"]
    found = Looker(search, shards, Stores(), 2)(table([local_photo(path) for path in paths]))
    assert found.schema == SCHEMA
    assert found["path"].to_pylist() == list(map(str, paths))
    assert [faces and len(faces) for faces in found["faces"].to_pylist()] == [1, [], None, None]
    errors = found["error"].to_pylist()
    assert errors[:2] == [None, None]
    assert "is not a photo" in errors[2]
    assert errors[3] == "there is no such file; check the path"
    assert [size is None for size in found["size"].to_pylist()] == [False, False, False, True]


def test_no_photos_give_no_rows(shards, search) -> None:
    assert Looker(search, shards, Stores(), 1)(table([])).num_rows == 0


def test_photos_at_an_address_are_fetched(examples: Path, shards, search) -> None:
    stores = Stores()
    there = list(stores.photos(examples.as_uri()))
    gone = replace(there[0], path="gone.jpg", file=b"/nowhere/gone.jpg")
    refused = Photo(path="x.jpg", file=b"x.jpg", store=0, trouble="there is no such file")
    found = Looker(search, shards, stores, 2)(table([*there, gone, refused])).to_pylist()
    alone = [local_photo(Path(os.fsdecode(photo.file))) for photo in there]
    same = Looker(search, shards, stores, 1)(table(alone)).to_pylist()
    sizes = [(row["width"], row["height"], len(row["faces"])) for row in found[:-2]]
    assert sizes == [(row["width"], row["height"], len(row["faces"])) for row in same]
    assert (found[-2]["size"], found[-1]["error"]) == (None, "there is no such file")
    assert found[-2]["error"].endswith("the next run tries again")


def test_other_weights_and_an_unseen_folder_are_refused(tmp_path: Path, shards, search) -> None:
    with pytest.raises(BundleError, match="has other weights; install the same smilecascade"):
        Looker(replace(search, digest="other"), shards, Stores(), 1)
    with pytest.raises(ClusterError, match="does not see this folder; give --out one that all"):
        Looker(search, Shards.at(str(tmp_path / "elsewhere")), Stores(), 1)
