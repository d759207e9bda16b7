from pathlib import Path

import pytest

from smilecascade.datasets import wider
from smilecascade.errors import DatasetError

NOTHING = "0 0 0 0 0 0 0 0 0 0 \n"


def made(root: Path, text: str) -> Path:
    (root / "some_bbx_gt.txt").write_text(text)
    return root


def official(root: Path, split: str) -> Path:
    (root / "wider_face_split").mkdir(exist_ok=True)
    text = f"0--Parade/{split}.jpg\n1\n10 20 40 90 0 0 0 0 0 0 \n"
    (root / "wider_face_split" / f"wider_face_{split}_bbx_gt.txt").write_text(text)
    return root


def test_the_official_layout_has_splits(tmp_path: Path) -> None:
    official(official(tmp_path, "val"), "train")
    (val,) = wider.read(tmp_path)
    (train,) = wider.read(tmp_path, split="train")
    assert val.path == tmp_path / "WIDER_val" / "images" / "0--Parade" / "val.jpg"
    assert train.path == tmp_path / "WIDER_train" / "images" / "0--Parade" / "train.jpg"


def test_a_single_list_has_its_photos_beside_it_or_elsewhere(tmp_path: Path) -> None:
    made(tmp_path, "a b.jpg\n0\n")
    assert [photo.path for photo in wider.read(tmp_path)] == [tmp_path / "images" / "a b.jpg"]
    assert [photo.path for photo in wider.read(tmp_path, photos=Path("/x"))] == [Path("/x/a b.jpg")]


def test_a_box_becomes_the_square_of_the_same_area(tmp_path: Path) -> None:
    (photo,) = wider.read(official(tmp_path, "val"))
    (face,) = photo.faces
    assert face.square == pytest.approx((0, 35, 60, 95))
    assert (face.original.kind, face.original.values) == ("box", (10, 20, 50, 110))
    assert photo.complete


def test_invalid_faces_are_ignored_and_empty_boxes_dropped(tmp_path: Path) -> None:
    rows = (
        "10 10 20 20 2 0 0 1 2 0",
        "10 10 0 20 0 0 0 0 0 0",
        "10 10 -2 23 0 0 0 0 0 0",
        "9 9 30 30 0 0 1 0 0 1",
    )
    (photo,) = wider.read(made(tmp_path, "a.jpg\n4\n" + "\n".join(rows)))
    assert [(face.role, face.side) for face in photo.faces] == [("ignore", 20), ("face", 30)]


@pytest.mark.parametrize("row", ["", NOTHING])
def test_a_photo_without_faces_may_have_a_line_of_zeros(tmp_path: Path, row: str) -> None:
    text = f"a.jpg\n0\n{row}b.jpg\n1\n10 10 20 20 0 0 0 0 0 0\nc.jpg\n0\n{row}"
    photos = list(wider.read(made(tmp_path, text)))
    assert [(photo.name, len(photo.faces)) for photo in photos] == [("a.jpg", 0), ("b.jpg", 1), ("c.jpg", 0)]


def test_an_empty_list_is_no_photos(tmp_path: Path) -> None:
    assert list(wider.read(made(tmp_path, ""))) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a.jpg\nb.jpg\n", "2: expected the number of faces, got 'b.jpg'"),
        ("a.jpg\n1\n10 10 20 20\n", "3: expected 10 numbers .*, got 4 words"),
        ("a.jpg\n2\n10 10 20 20 0 0 0 0 0 0\n", "4: expected 10 numbers .*, got the end of the file"),
        ("a.jpg\n1\n10 10 20 inf 0 0 0 0 0 0\n", "3: expected 10 numbers .*, got 'inf'"),
    ],
)
def test_a_broken_list_is_reported(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"some_bbx_gt\.txt:{message}"):
        list(wider.read(made(tmp_path, text)))


@pytest.mark.parametrize("lists", [(), ("a_bbx_gt.txt", "b_bbx_gt.txt")])
def test_which_list_is_meant_must_be_clear(tmp_path: Path, lists: tuple[str, ...]) -> None:
    for name in lists:
        (tmp_path / name).touch()
    with pytest.raises(DatasetError, match=rf"or one \*_bbx_gt\.txt, got {len(lists)}$"):
        list(wider.read(tmp_path))
