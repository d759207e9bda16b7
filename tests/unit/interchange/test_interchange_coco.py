import json
from pathlib import Path

import pytest

from smilecascade.errors import DatasetError
from smilecascade.interchange import coco
from smilecascade.interchange.coco import Ids
from smilecascade.interchange.regions import MarkedPhoto


def dumped(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def instances(path: Path, *names: str, categories: tuple[str, ...] = ("face",)) -> Path:
    """Photos without faces; ids begin at 7, and those of categories at 3."""
    images = [
        {"id": key, "file_name": name, "width": 320, "height": 240} for key, name in enumerate(names, 7)
    ]
    named = [{"id": key, "name": name} for key, name in enumerate(categories, 3)]
    return dumped(path, {"images": images, "annotations": [], "categories": named})


def test_instances(tmp_path: Path, photos: list[MarkedPhoto]) -> None:
    coco.write_labels(photos, tmp_path / "labels.json")
    assert json.loads((tmp_path / "labels.json").read_text()) == {
        "images": [
            {"id": 1, "file_name": "0--Parade/a b.jpg", "width": 320, "height": 240},
            {"id": 2, "file_name": "c.jpg", "width": 32, "height": 24},
        ],
        "annotations": [
            {
                "id": 1,
                "image_id": 1,
                "category_id": 2,
                "bbox": [10, 20, 30.5, 40.25],
                "area": 1227.625,
                "iscrowd": 0,
            },
            {"id": 2, "image_id": 1, "category_id": 1, "bbox": [-3, 5, 20, 20], "area": 400, "iscrowd": 1},
        ],
        "categories": [{"id": 1, "name": "face"}, {"id": 2, "name": "with_mask"}],
    }


def test_instances_are_read_back_without_scores(tmp_path: Path, photos: list[MarkedPhoto]) -> None:
    coco.write_labels(photos, tmp_path / "labels.json")
    first, second = coco.read_labels(tmp_path / "labels.json")
    assert second == photos[1]
    assert [(face.box, face.group, face.ignored, face.score) for face in first.regions] == [
        (face.box, face.group, face.ignored, None) for face in photos[0].regions
    ]


def test_nothing_is_a_file_of_instances_too(tmp_path: Path) -> None:
    coco.write_labels([], tmp_path / "labels.json")
    assert list(coco.read_labels(tmp_path / "labels.json")) == []


def test_results_name_photos_as_the_instances_do(tmp_path: Path, photos: list[MarkedPhoto]) -> None:
    ids = Ids.of(instances(tmp_path / "labels.json", "c.jpg", "0--Parade/a b.jpg"))
    coco.write_results(photos, tmp_path / "found.json", ids)
    assert json.loads((tmp_path / "found.json").read_text()) == [
        {"image_id": 8, "category_id": 3, "bbox": [10, 20, 30.5, 40.25], "score": 0.75},
        {"image_id": 8, "category_id": 3, "bbox": [-3, 5, 20, 20], "score": 0.5},
    ]
    bare, full = coco.read_results(tmp_path / "found.json", ids)
    assert (bare.name, bare.size, bare.regions) == ("c.jpg", (320, 240), ())
    assert [(face.box, face.score) for face in full.regions] == [
        (face.box, face.score) for face in photos[0].regions
    ]


@pytest.mark.parametrize(
    ("categories", "chosen"), [(("person",), 3), (("person", "Face"), 4), (("a", "with mask", "b"), 4)]
)
def test_the_category_of_faces_is_the_only_one_or_is_called_so(
    tmp_path: Path, categories: tuple[str, ...], chosen: int
) -> None:
    assert Ids.of(instances(tmp_path / "a.json", categories=categories)).category == chosen


@pytest.mark.parametrize("categories", [("cat", "dog"), ("face", "mask"), ()])
def test_a_category_of_faces_that_is_not_clear(tmp_path: Path, categories: tuple[str, ...]) -> None:
    with pytest.raises(DatasetError, match=r"a\.json: expected one category of faces, got"):
        Ids.of(instances(tmp_path / "a.json", categories=categories))


def test_a_photo_that_the_instances_lack(tmp_path: Path, photos: list[MarkedPhoto]) -> None:
    ids = Ids.of(instances(tmp_path / "labels.json", "a b.jpg"))
    with pytest.raises(DatasetError, match=r"'0--Parade/a b.jpg': .* has no such image; say with --root"):
        coco.write_results(photos, tmp_path / "found.json", ids)
    assert not (tmp_path / "found.json").exists()


def test_two_images_of_one_name(tmp_path: Path) -> None:
    ids = Ids.of(instances(tmp_path / "labels.json", "a.jpg", "a.jpg"))
    with pytest.raises(DatasetError, match=r"two images are called 'a\.jpg'"):
        coco.write_results([], tmp_path / "found.json", ids)


RESULT = {"image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.5}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"images": []}, "expected a list of COCO results, got dict"),
        ([1], "result 1: expected an object, got 1"),
        ([RESULT, RESULT | {"image_id": 9}], r"result 2: expected the id of an image of labels\.json, got 9"),
        ([RESULT | {"image_id": [7]}], r"result 1: expected the id of an image of labels\.json, got \[7\]"),
        ([RESULT | {"bbox": [1, 2, 3]}], "result 1: expected a bbox of 4 finite numbers"),
        ([RESULT | {"bbox": [1, 2, 3, float("nan")]}], "result 1: expected a bbox of 4 finite numbers"),
        ([RESULT | {"bbox": [1, 2, 3, 10**400]}], "result 1: expected a bbox of 4 finite numbers"),
        ([RESULT | {"score": None}], "result 1: expected a bbox of 4 finite numbers .* and a score"),
        ([RESULT | {"score": True}], "result 1: expected a bbox of 4 finite numbers .* and a score"),
    ],
)
def test_broken_results_are_named(tmp_path: Path, content: object, message: str) -> None:
    ids = Ids.of(instances(tmp_path / "labels.json", "a.jpg"))
    with pytest.raises(DatasetError, match=message):
        list(coco.read_results(dumped(tmp_path / "found.json", content), ids))


@pytest.mark.parametrize("text", ["", "[" * 100_000, "Dear diary"])
def test_results_that_are_no_json(tmp_path: Path, text: str) -> None:
    ids = Ids.of(instances(tmp_path / "labels.json", "a.jpg"))
    (tmp_path / "found.json").write_text(text)
    with pytest.raises(DatasetError, match=r"found\.json: is no JSON"):
        list(coco.read_results(tmp_path / "found.json", ids))
