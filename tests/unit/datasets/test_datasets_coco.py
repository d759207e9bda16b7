import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from smilecascade.datasets import coco, open_set
from smilecascade.errors import DatasetError


def image(key: object = 1, name: object = "a.png", **more: object) -> dict[str, Any]:
    return {"id": key, "file_name": name, **more}


def face(key: object = 1, bbox: object = (10, 20, 40, 40), **more: object) -> dict[str, Any]:
    return {"id": key, "image_id": 1, "category_id": 3, "bbox": bbox, **more}


def made(root: Path, *annotations: Any, **lists: Any) -> Path:
    (root / "images").mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (100, 80)).save(root / "images" / name)
    content = {"images": [image()], "categories": [{"id": 3, "name": "Human face"}], **lists}
    (root / "labels.json").write_text(json.dumps({"annotations": annotations, **content}))
    return root


def test_a_box_becomes_the_square_of_the_same_area(tmp_path: Path) -> None:
    (photo,) = open_set("coco", made(tmp_path, face(bbox=[10, 20, 90, 40])))
    (one,) = photo.faces
    assert one.square == pytest.approx((25, 10, 85, 70))
    assert (one.original.kind, one.original.values) == ("box", (10, 20, 100, 60))
    assert (one.role, one.group, photo.complete) == ("face", "Human face", True)


def test_photos_keep_the_order_of_the_file_and_need_no_face(tmp_path: Path) -> None:
    root = made(tmp_path, face(), images=[image("b", "b.png"), image()])
    assert [(photo.name, len(photo.faces)) for photo in coco.read(root)] == [("b.png", 0), ("a.png", 1)]
    assert all(photo.path.is_file() for photo in coco.read(root))


def test_crowds_small_and_ignored_faces_are_ignored(tmp_path: Path) -> None:
    annotations = [
        face(1, iscrowd=1),
        face(2, [9, 9, 7, 7]),
        face(3, [9, 9, 8, 8]),
        face(4, [0, 0, 9, 9], ignore=1),
    ]
    (photo,) = coco.read(made(tmp_path, *annotations))
    assert [one.role for one in photo.faces] == ["ignore", "ignore", "face", "ignore"]


def test_only_categories_called_face_or_mask_are_faces(tmp_path: Path) -> None:
    names = {1: "dog", 2: "with_Mask", 3: "face"}
    categories = [{"id": key, "name": name} for key, name in names.items()]
    annotations = [face(key, [key, 1, 20, 20], category_id=key) for key in names]
    (photo,) = coco.read(made(tmp_path, *annotations, categories=categories))
    assert [one.group for one in photo.faces] == ["with_Mask", "face"]


def test_boxes_follow_a_photo_that_was_resized(tmp_path: Path) -> None:
    (photo,) = coco.read(made(tmp_path, face(), images=[image(width=200, height=160)]))
    assert photo.faces[0].square == pytest.approx((5, 10, 25, 30))


@pytest.mark.parametrize(
    "size", [{}, {"width": 0, "height": 0}, {"width": "200", "height": 160}, {"width": 101, "height": 80}]
)
def test_boxes_stay_where_no_other_size_is_known(tmp_path: Path, size: dict[str, Any]) -> None:
    (photo,) = coco.read(made(tmp_path, face(), images=[image(**size)]))
    assert photo.faces[0].square == pytest.approx((10, 20, 50, 60))


@pytest.mark.parametrize(
    ("annotation", "message"),
    [
        ("face", 'annotation number 2: expected an object with an id, got "face"'),
        (face(None), "annotation number 2: expected an object with an id, got"),
        (face(1), "annotation 1: expected an id of its own, got 1 a second time"),
        (face(2, image_id=7), "annotation 2: expected the id of an image, got 7"),
        (face(2, image_id=[1]), r"annotation 2: expected the id of an image, got \[1\]"),
        (face(2, category_id=9), "annotation 2: expected the id of a category, got 9"),
        (face("x", None), "annotation 'x': expected a bbox of 4 numbers .*, got none"),
        (face(2, [1, 2, 3]), r"annotation 2: expected a bbox of 4 numbers .*, got \[1, 2, 3\]"),
        (face(2, [1, 2, 3, "4"]), "annotation 2: expected a bbox of 4 numbers"),
        (face(2, [1, 2, 3, True]), "annotation 2: expected a bbox of 4 numbers"),
        (face(2, [1, 2, 10**400, 4]), "annotation 2: expected a bbox of finite numbers"),
        (
            face(2, [1, 2, float("nan"), 4]),
            r"annotation 2: expected finite numbers, got bbox \[1, 2, NaN, 4\]",
        ),
        (face(2, [1, 2, float("inf"), 4]), "annotation 2: expected finite numbers"),
        (face(2, [1, 2, 0, 4]), "annotation 2: expected a box of positive width and height, got bbox"),
        (face(2, [1, 2, 30, -4]), "annotation 2: expected a box of positive width and height"),
        (face(2, [81, 2, 40, 4]), "annotation 2: expected a box inside its photo of 100x80"),
        (face(2, [-500, -500, 20, 20]), "annotation 2: expected a box inside its photo"),
        (face(2), "annotation 2: expected another box than labels.json: annotation 1, got bbox"),
    ],
)
def test_a_broken_annotation_is_named(tmp_path: Path, annotation: Any, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"^labels\.json: {message}"):
        list(coco.read(made(tmp_path, face(), annotation)))


def test_half_of_a_face_may_be_outside_its_photo(tmp_path: Path) -> None:
    (photo,) = coco.read(made(tmp_path, face(bbox=[80, 10, 40, 40])))
    assert photo.faces[0].square == pytest.approx((80, 10, 120, 50))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (["a.png"], 'image number 1: expected an object with an id, got "a.png"'),
        ([image(True)], "image number 1: expected an object with an id"),
        ([image(), image()], "image 1: expected an id of its own, got 1 a second time"),
        ([image(name=None)], "image 1: expected a file_name, got none"),
        ([image(), image(2)], "image 2: expected each photo once, got 'a.png', which .*image 1 is already"),
        ([image(name="c.png")], "image 1: expected a photo below .*images, got 'c.png', which is not there"),
        ([image(name="a\0.png")], "image 1: expected a photo below"),
        ([image(name="../labels.json")], "image 1: expected a photo below .*labels.json', which leads out"),
        ([image(name="..\\labels.json")], "image 1: .* which leads out"),
        ([image(name="/etc/passwd")], "image 1: .* which leads out"),
        ([image(width=80, height=100)], "image 1: .* of the declared 80x100, got .* lying on its side"),
        ([image(width=100, height=100)], "image 1: .* of the declared 100x100, got a photo of 100x80$"),
    ],
)
def test_a_broken_image_is_named(tmp_path: Path, images: Any, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"^labels\.json: {message}"):
        list(coco.read(made(tmp_path, face(), images=images)))


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    root = made(tmp_path, face(), images=[image(name="link.png")])
    Image.new("RGB", (100, 80)).save(tmp_path / "secret.png")
    (root / "images" / "link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(DatasetError, match=r"'link\.png', which leads out"):
        list(coco.read(root))


def test_a_photo_that_is_none_is_reported_with_its_image(tmp_path: Path) -> None:
    root = made(tmp_path, face())
    (root / "images" / "a.png").write_text("no photo")
    with pytest.raises(DatasetError, match=r"^labels\.json: image 1: .*a\.png: "):
        list(coco.read(root))


def test_a_photo_that_was_stored_in_another_format_is_found(tmp_path: Path) -> None:
    (photo,) = coco.read(made(tmp_path, face(), images=[image(name="a.jpg")]))
    assert photo.path.name == "a.png"


def test_without_a_category_of_faces_the_others_are_named(tmp_path: Path) -> None:
    root = made(tmp_path, face(), categories=[{"id": 3, "name": "dog"}])
    with pytest.raises(DatasetError, match=r"'face' or 'mask' in it, got 'dog' \(1\); .* --category"):
        list(coco.read(root))


@pytest.mark.parametrize(
    ("categories", "message"),
    [
        (["face"], "category number 1: expected an id and a name"),
        ([{"id": 3, "name": " "}], "category number 1: expected an id and a name"),
        (
            [{"id": 3, "name": "face"}, {"id": 3, "name": "dog"}],
            "category number 2: .* got 3, which 'face' has",
        ),
    ],
)
def test_a_broken_category_is_named(tmp_path: Path, categories: Any, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        list(coco.read(made(tmp_path, face(), categories=categories)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no JSON .*; give a COCO file"),
        ("[" * 100_000, "is no JSON"),
        ("\xff", "is no JSON"),
        ("[]", "expected a COCO file with a list 'images'"),
        ('{"images": [], "annotations": {}}', "expected a COCO file with a list 'annotations'"),
        ('{"images": [], "annotations": []}', "expected a COCO file with a list 'categories'"),
    ],
)
def test_a_file_of_another_kind_is_reported(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "labels.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(DatasetError, match=rf"labels\.json: {message}"):
        list(coco.read(tmp_path))


def test_a_file_beyond_all_measure_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coco, "MAX_BYTES", 10)
    with pytest.raises(DatasetError, match="is larger than"):
        list(coco.read(made(tmp_path)))


@pytest.mark.parametrize("names", [(), ("a.json", "b.json")])
def test_which_file_is_meant_must_be_clear(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(DatasetError, match=rf"expected one \*\.json of a COCO set, got {len(names)}"):
        list(coco.read(tmp_path))
