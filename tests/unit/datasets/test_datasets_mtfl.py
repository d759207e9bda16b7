from pathlib import Path

import pytest

from smilecascade.datasets import mtfl
from smilecascade.errors import DatasetError

HEADER = "image,x,y,w,h,lx0,ly0,lx1,ly1,lx2,ly2,lx3,ly3,lx4,ly4\n"
POINTS = "40,40,60,40,50,50,42,60,58,60"


def made(root: Path, rows: str) -> Path:
    for name in ("AFLW/1.jpg", "net/2.jpg"):
        (root / name).parent.mkdir()
        (root / name).touch()
    (root / "boxes_80px.csv").write_text(HEADER + rows)
    return root


def test_points_make_the_square_with_and_without_a_box(tmp_path: Path) -> None:
    photos = list(mtfl.read(made(tmp_path, f"net/2.jpg,20,25,50,40,{POINTS}\nAFLW/1.jpg,,,,,{POINTS}\n")))
    assert [(photo.name, photo.complete) for photo in photos] == [("net/2.jpg", False), ("AFLW/1.jpg", False)]
    boxed, bare = (photo.faces[0] for photo in photos)
    assert boxed.square == bare.square == pytest.approx((26.5, 22.5, 73.5, 69.5))
    assert (boxed.original.kind, boxed.original.values) == ("box", (20, 25, 70, 65))
    assert (bare.original.kind, len(bare.original.values)) == ("points", 10)
    assert bare.points is not None
    assert (bare.points.left_eye, bare.points.nose, bare.points.right_mouth) == ((40, 40), (50, 50), (58, 60))


def test_no_rows_are_no_photos(tmp_path: Path) -> None:
    assert list(mtfl.read(made(tmp_path, ""))) == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"net/2.jpg,20,25,50,,{POINTS}", "a number in column 'h', got ''"),
        ("net/2.jpg,,,,,40,40,60,40,50,50,42,60,58,", "a number in column 'ly4', got ''"),
        (f"net/2.jpg,,,,{POINTS}", "15 cells, got 14"),
        (f"net/9.jpg,,,,,{POINTS}", "the name of a photo of the set, got .*9.jpg"),
    ],
)
def test_a_broken_row_is_reported(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"boxes_80px\.csv:2: expected {message}"):
        list(mtfl.read(made(tmp_path, row + "\n")))
