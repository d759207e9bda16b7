from pathlib import Path

import pytest

from smilecascade.datasets import webfaces
from smilecascade.errors import DatasetError

HEADER = (
    "file,x1,y1,x2,y2,score,x_left_eye,y_left_eye,x_right_eye,y_right_eye,x_nose,y_nose,"
    "x_left_mouth,y_left_mouth,x_right_mouth,y_right_mouth\n"
)
POINTS = "40,40,60,40,50,50,42,60,58,60"


def made(root: Path, labels: str, table: str | None = None) -> Path:
    (root / "images").mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (root / "images" / name).touch()
    (root / "WebFaces_GroundThruth.txt").write_text(labels)
    if table is not None:
        (root / "unlabelled_faces.csv").write_text(HEADER + table)
    return root


def test_points_become_the_canonical_square(tmp_path: Path) -> None:
    root = made(tmp_path, "a.jpg 40 40 60 40 50 50 50 60\n")
    (photo,) = webfaces.read(root)
    (face,) = photo.faces
    assert (photo.path, photo.name, photo.complete) == (root / "images" / "a.jpg", "a.jpg", True)
    # d = 20: side 2.35·20, centre (50, 50) moved up by 0.2·20.
    assert face.square == pytest.approx((26.5, 22.5, 73.5, 69.5))
    assert face.points is not None
    assert (face.points.right_eye, face.points.mouth) == ((60, 40), (50, 60))
    assert face.points.left_mouth is None
    assert face.original.kind == "points"
    assert face.original.values == (40, 40, 60, 40, 50, 50, 50, 60)


def test_faces_of_a_photo_are_gathered_in_order(tmp_path: Path) -> None:
    line = "40 40 60 40 50 50 50 60"
    root = made(tmp_path, f"b.jpg {line}\na.jpg {line}\nb.jpg 80 40 99 40 90 50 90 60\n")
    assert [(photo.name, len(photo.faces)) for photo in webfaces.read(root)] == [("b.jpg", 2), ("a.jpg", 1)]


def test_no_lines_are_no_photos(tmp_path: Path) -> None:
    assert list(webfaces.read(made(tmp_path, ""))) == []


def test_unlabelled_faces_are_sure_or_doubtful(tmp_path: Path) -> None:
    table = f"a.jpg,30,25,70,75,0.78,{POINTS}\nc.jpg,30,25,70,75,0.779,{POINTS}\n"
    photos = list(webfaces.read(made(tmp_path, "a.jpg 40 40 60 40 50 50 50 60\n", table)))
    roles = [(photo.name, [face.role for face in photo.faces]) for photo in photos]
    assert roles == [("a.jpg", ["face", "unlabelled"]), ("c.jpg", ["doubtful"])]
    face = photos[1].faces[0]
    assert face.square == pytest.approx((26.5, 22.5, 73.5, 69.5))
    assert (face.original.kind, face.original.values) == ("box", (30, 25, 70, 75))


@pytest.mark.parametrize(
    ("line", "got"),
    [("a.jpg 1 2 3", "4 words"), ("a.jpg 1 2 3 4 5 6 7 x", "'x'"), ("a.jpg 5 5 5 5 5 5 5 5", "5 5 5")],
)
def test_a_broken_line_is_reported(tmp_path: Path, line: str, got: str) -> None:
    root = made(tmp_path, f"a.jpg 40 40 60 40 50 50 50 60\n{line}\n")
    with pytest.raises(DatasetError, match=rf"WebFaces_GroundThruth\.txt:2: expected .*, got {got}"):
        list(webfaces.read(root))


def test_a_broken_row_is_reported(tmp_path: Path) -> None:
    root = made(tmp_path, "", f"a.jpg,30,25,70,75,high,{POINTS}\n")
    with pytest.raises(DatasetError, match=r"unlabelled_faces\.csv:2: expected .*'score', got 'high'"):
        list(webfaces.read(root))


def test_a_missing_photo_is_reported(tmp_path: Path) -> None:
    root = made(tmp_path, "gone.jpg 40 40 60 40 50 50 50 60\n")
    with pytest.raises(
        DatasetError, match=r"\.txt:1: expected the name of a photo of the set, got .*gone\.jpg"
    ):
        list(webfaces.read(root))
