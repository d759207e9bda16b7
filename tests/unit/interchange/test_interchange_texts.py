"""FDDB's and WIDER FACE's texts, byte by byte."""

from math import pi
from pathlib import Path

import pytest

from smilecascade.errors import DatasetError
from smilecascade.interchange import fddb, wider
from smilecascade.interchange.regions import Ellipse, MarkedPhoto, Region


def test_fddb_labels_are_ellipses(tmp_path: Path, photos: list[MarkedPhoto]) -> None:
    path = tmp_path / "ellipseList.txt"
    fddb.write_labels(photos, path)
    assert path.read_text() == (
        "0--Parade/a b\n2\n20.125 15.25 1.570796 25.25 40.125 1\n10 10 1.570796 7 15 1\nc\n0\n"
    )


def test_fddb_ellipses_stay_as_they_were_written(tmp_path: Path) -> None:
    line = "67.363819 44.511485 -1.476417 105.24997 87.209036"
    (tmp_path / "in.txt").write_text(f"2002/img_1\n1\n{line}  1\n")
    (photo,) = fddb.read_labels(tmp_path / "in.txt")
    assert photo.name == "2002/img_1.jpg"
    assert photo.regions[0].ellipse == Ellipse(*map(float, line.split()))
    fddb.write_labels([photo], tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text() == f"2002/img_1\n1\n{line} 1\n"


def test_fddb_results_are_rectangles_with_scores(tmp_path: Path, photos: list[MarkedPhoto]) -> None:
    path = tmp_path / "fold-01-out.txt"
    fddb.write_results(photos, path)
    assert path.read_text() == "0--Parade/a b\n2\n10 20 30.5 40.25 0.75\n-3 5 20 20 0.5\nc\n0\n"


def test_fddb_results_may_be_ellipses(tmp_path: Path) -> None:
    (tmp_path / "found.txt").write_text(f"a\n2\n40 20 {pi / 2} 50 60 0.25\n0 0 10 20 -1e-3\n")
    (photo,) = fddb.read_results(tmp_path / "found.txt")
    ellipse, rectangle = photo.regions
    assert ellipse.ellipse == (40, 20, pi / 2, 50, 60)
    assert ellipse.box == pytest.approx((30, 20, 70, 100))
    assert (ellipse.score, rectangle.score, rectangle.box) == (0.25, -0.001, (0, 0, 10, 20))


def test_sure_detections_keep_the_digits_that_tell_them_apart(tmp_path: Path) -> None:
    scores = (0.9999998807907104, 0.9999997615814209)  # neighbours in float32
    photo = MarkedPhoto(name="a.jpg", regions=tuple(Region(box=(0, 0, 9, 9), score=one) for one in scores))
    fddb.write_results([photo], tmp_path / "found.txt")
    (read,) = fddb.read_results(tmp_path / "found.txt")
    assert read.regions[0].confidence > read.regions[1].confidence


def test_wider_labels_have_six_attributes(tmp_path: Path, photos: list[MarkedPhoto]) -> None:
    path = tmp_path / "wider_face_val_bbx_gt.txt"
    wider.write_labels(photos, path)
    assert path.read_text() == (
        "0--Parade/a b.jpg\n2\n10 20 30.5 40.25 0 0 0 0 0 0\n-3 5 20 20 0 0 0 1 0 0\n"
        "c.jpg\n0\n0 0 0 0 0 0 0 0 0 0\n"
    )


def test_wider_results_are_a_file_a_photo(tmp_path: Path, photos: list[MarkedPhoto]) -> None:
    wider.write_results(photos, tmp_path)
    files = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*.txt")}
    assert files == {
        "0--Parade/a b.txt": "a b.jpg\n2\n10 20 30.5 40.25 0.75\n-3 5 20 20 0.5\n",
        "c.txt": "c.jpg\n0\n",
    }


@pytest.mark.parametrize("first", ["a", "a.jpg", "0--Parade/a.jpg", r"0--Parade\a.jpg"])
def test_wider_results_name_their_photo_in_several_ways(tmp_path: Path, first: str) -> None:
    (tmp_path / "0--Parade").mkdir()
    (tmp_path / "0--Parade" / "a.txt").write_text(f"{first}\n1\n1 2 3 4 0.5\n")
    (photo,) = wider.read_results(tmp_path)
    assert (photo.name, photo.regions) == ("0--Parade/a.jpg", (Region(box=(1, 2, 4, 6), score=0.5),))


@pytest.mark.parametrize("name", ["", " a.jpg", "a\nb.jpg", "a\rb.jpg", "a\udc80.jpg", "\ufeffa.jpg"])
def test_a_name_that_does_not_fit_a_line_is_refused(tmp_path: Path, name: str) -> None:
    for write in (fddb.write_labels, fddb.write_results, wider.write_labels):
        with pytest.raises(DatasetError, match="does not fit a line of text; rename the photo"):
            write([MarkedPhoto(name=name)], tmp_path / "out.txt")
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../a.jpg", "/a.jpg", r"..\a.jpg", "b/../../a.jpg", "a\0.jpg"])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "results"
    with pytest.raises(DatasetError, match="leads out of"):
        wider.write_results([MarkedPhoto(name=name)], folder)
    assert not list(tmp_path.iterdir())


def test_two_photos_of_one_results_file_are_refused(tmp_path: Path) -> None:
    photos = [MarkedPhoto(name="a.jpg"), MarkedPhoto(name="a.png")]
    with pytest.raises(DatasetError, match=r"'a\.png': another photo has the same results file a\.txt"):
        wider.write_results(photos, tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n2\n1 2 3 4 0.5\n", "a.txt:4: expected 5 numbers .*, got the end of the file"),
        ("a\n1\n1 2 3 4\n", "a.txt:3: expected 5 numbers .*, got 4 words"),
        ("a\n1\n1 2 3 4 nan\n", "a.txt:3: expected 5 numbers .*, got 'nan'"),
        ("a\n0\n1 2 3 4 0.5\n", "a.txt:3: expected the end of the file, got '1 2 3 4 0.5'"),
        ("a\n1\n1e308 2 1e308 4 0.5\n", "a.txt:3: expected coordinates"),
        ("a\n999999999\n", "a.txt:3: expected 5 numbers"),
        ("a\nmany\n", "a.txt:2: expected the number of faces, got 'many'"),
        ("b\n0\n", "a.txt:1: expected the name of the photo a, got 'b'"),
        ("", "a.txt:2: expected the name of a photo, got the end of the file"),
    ],
)
def test_broken_wider_results_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(DatasetError, match=message):
        list(wider.read_results(tmp_path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n1\n1 2 3 0.5\n", "found.txt:3: expected 5 numbers .*, or an ellipse .*, got 4 words"),
        ("a\n1\n0 2 3 4 5 0.5\n", "found.txt:3: expected radii above 0"),
        ("a\n1\n2 1e-200 3 4 5 0.5\n", "found.txt:3: expected radii above 0"),
        ("a\n1\n1e308 2 1e308 4 0.5\n", "found.txt:3: expected coordinates"),
        ("a\n1\n1e308 1e308 1 4 4 0.5\n", "found.txt:3: expected coordinates"),
        ("a\n1\n1 2 3 inf 0.5\n", "found.txt:3: expected 5 numbers .*, got 'inf'"),
    ],
)
def test_broken_fddb_results_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "found.txt").write_text(text)
    with pytest.raises(DatasetError, match=message):
        list(fddb.read_results(tmp_path / "found.txt"))


def test_rectangles_are_no_labels_of_fddb(tmp_path: Path) -> None:
    (tmp_path / "ellipseList.txt").write_text("a\n1\n1 2 3 4 0.5\n")
    with pytest.raises(DatasetError, match=r"ellipseList\.txt:3: expected 6 numbers"):
        list(fddb.read_labels(tmp_path / "ellipseList.txt"))


def test_a_folder_without_results_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="expected files EVENT/PHOTO"):
        list(wider.read_results(tmp_path))
