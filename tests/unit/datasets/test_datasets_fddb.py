from math import pi
from pathlib import Path

import pytest

from smilecascade.datasets import fddb
from smilecascade.errors import DatasetError

UPRIGHT = f"40 10 {pi / 2} 100 100  1"


def made(root: Path, ellipses: str, names: str | None = None) -> Path:
    (root / "ellipseList.txt").write_text(ellipses)
    if names is not None:
        (root / "photos.txt").write_text(names)
    return root


def folds(root: Path, count: int) -> Path:
    folder = root / "FDDB-folds"
    folder.mkdir()
    for number in range(1, count + 1):
        name = f"2002/img_{number}"
        (folder / f"FDDB-fold-{number:02}.txt").write_text(f"{name}\n")
        (folder / f"FDDB-fold-{number:02}-ellipseList.txt").write_text(f"{name}\n1\n{UPRIGHT}\n")
    return root


def test_folds_are_read_in_order_without_their_photos(tmp_path: Path) -> None:
    photos = list(fddb.read(folds(tmp_path, 10)))
    assert [photo.name for photo in photos] == [f"2002/img_{number}" for number in range(1, 11)]
    assert photos[0].path == tmp_path / "originalPics" / "2002" / "img_1.jpg"
    assert photos[0].complete


def test_a_single_list_has_its_photos_beside_it(tmp_path: Path) -> None:
    (photo,) = fddb.read(made(tmp_path, f"a\n1\n{UPRIGHT}\n", "a\n"))
    assert photo.path == tmp_path / "images" / "a.jpg"


def test_photos_may_lie_elsewhere(tmp_path: Path) -> None:
    (photo,) = fddb.read(folds(tmp_path, 1), photos=Path("/elsewhere"))
    assert photo.path == Path("/elsewhere/2002/img_1.jpg")


def test_an_ellipse_becomes_the_canonical_square(tmp_path: Path) -> None:
    (photo,) = fddb.read(made(tmp_path, f"a\n1\n{UPRIGHT}\n"))
    (face,) = photo.faces
    # Side 2·√(40·10) = 40, scaled by 0.88, moved down by 0.095·40.
    assert face.square == pytest.approx((82.4, 86.2, 117.6, 121.4))
    assert (face.original.kind, face.original.values) == ("ellipse", (40, 10, pi / 2, 100, 100))


@pytest.mark.parametrize("angle", [0.7, 1.5, 2.5])
def test_an_angle_and_its_opposite_are_the_same_ellipse(tmp_path: Path, angle: float) -> None:
    lines = "".join(f"40 10 {value} 100 100 1\n" for value in (angle, angle - pi))
    (photo,) = fddb.read(made(tmp_path, f"a\n2\n{lines}"))
    first, second = photo.faces
    assert first.square == pytest.approx(second.square)


def test_a_photo_may_have_no_face(tmp_path: Path) -> None:
    assert [photo.faces for photo in fddb.read(made(tmp_path, "a\n0\n"))] == [()]


def test_an_empty_list_is_no_photos(tmp_path: Path) -> None:
    assert list(fddb.read(made(tmp_path, "", ""))) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\nmany\n", "2: expected the number of faces, got 'many'"),
        ("a\n", "2: expected the number of faces, got the end of the file"),
        ("a\n1\nb\n", "3: expected 6 numbers .*, got 1 words: 'b'"),
        (f"a\n2\n{UPRIGHT}\n", "4: expected 6 numbers .*, got the end of the file"),
        ("a\n1\n40 0 1 100 100 1\n", "3: expected a face of positive size, got 40 0 1 100 100"),
    ],
)
def test_a_broken_list_is_reported(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"ellipseList\.txt:{message}"):
        list(fddb.read(made(tmp_path, text)))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("b\n", r"ellipseList\.txt:1: expected a photo of photos\.txt, got 'a'"),
        ("a\nb\n", r"photos\.txt:2: expected a photo of ellipseList\.txt, got 'b'"),
    ],
)
def test_the_two_lists_of_a_fold_must_agree(tmp_path: Path, names: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        list(fddb.read(made(tmp_path, f"a\n1\n{UPRIGHT}\n", names)))


def test_a_folder_of_another_kind_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"expected FDDB-folds/FDDB-fold-NN-ellipseList\.txt, got no such"):
        list(fddb.read(tmp_path))
