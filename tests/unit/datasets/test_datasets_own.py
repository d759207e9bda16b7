"""Somebody's own labels: every fault is told, in each of the three formats."""

import json
from pathlib import Path

import pytest
from PIL import Image

from smilecascade.datasets import own
from smilecascade.errors import DatasetError

BOX = (10, 20, 40, 40)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    for name in ("a.png", "b.png", "c.png"):
        Image.new("RGB", (100, 80)).save(tmp_path / "images" / name)
    return tmp_path / "images"


def coco(root: Path, *boxes: tuple[float, ...], name: str = "face") -> Path:
    content = {
        "images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}],
        "categories": [{"id": 1, "name": name}],
        "annotations": [
            {"id": k, "image_id": 1, "category_id": 1, "bbox": box} for k, box in enumerate(boxes)
        ],
    }
    (root / "labels.json").write_text(json.dumps(content))
    return root / "labels.json"


def voc(root: Path, photo: str, *boxes: tuple[float, ...], name: str = "no_helmet") -> Path:
    folder = root / "xml"
    folder.mkdir(exist_ok=True)
    objects = "".join(
        f"<object><name>{name}</name><bndbox><xmin>{x}</xmin><ymin>{y}</ymin>"
        f"<xmax>{x + w}</xmax><ymax>{y + h}</ymax></bndbox></object>"
        for x, y, w, h in boxes
    )
    text = f"<annotation><filename>{photo}</filename>{objects}</annotation>"
    (folder / f"{Path(photo).stem}.xml").write_text(text)
    return folder


def wider(root: Path, text: str) -> Path:
    (root / "labels.txt").write_text(text)
    return root / "labels.txt"


def test_the_format_is_guessed_and_the_same_labels_are_the_same(tmp_path: Path, images: Path) -> None:
    voc(tmp_path, "b.png")
    files = (
        coco(tmp_path, BOX),
        voc(tmp_path, "a.png", BOX),
        wider(tmp_path, "a.png\n1\n10 20 40 40\nb.png\n0\n0 0 0 0 0 0 0 0 0 0\n"),
    )
    read = [own.read(path, images) for path in files]
    assert [one.format for one in read] == ["coco", "voc", "wider"]
    assert [one.groups for one in read] == [{"face": 1}, {"no_helmet": 1}, {"": 1}]
    for one in read:
        assert (one.faults, one.broken) == ((), 0)
        assert [photo.name for photo in one.photos] == ["a.png", "b.png"]
        assert [photo.squares().tolist() for photo in one.photos] == [[[10, 20, 50, 60]], []]


def test_a_folder_of_voc_may_be_named_by_its_parent(tmp_path: Path, images: Path) -> None:
    voc(tmp_path, "a.png", BOX).rename(tmp_path / "annotations")
    assert len(own.read(tmp_path, images).photos) == 1


def test_invalid_and_difficult_faces_are_ignored(tmp_path: Path, images: Path) -> None:
    labels = wider(tmp_path, "a.png\n2\n10 20 40 40 0 0 0 1 0 0\n10 20 41 40 0 0 0 0 1 1\n")
    (photo,) = own.read(labels, images).photos
    assert [face.role for face in photo.faces] == ["ignore", "face"]
    folder = voc(tmp_path, "a.png", BOX)
    text = (folder / "a.xml").read_text().replace("</name>", "</name><difficult>1</difficult>")
    (folder / "a.xml").write_text(text)
    (photo,) = own.read(folder, images).photos
    assert [face.role for face in photo.faces] == ["ignore"]


def test_every_fault_is_told_and_the_sound_labels_are_kept(tmp_path: Path, images: Path) -> None:
    labels = coco(tmp_path, (10, 20, 0, 40), BOX, (200, 20, 40, 40), (float("nan"), 0, 1, 1))
    read = own.read(labels, images)
    assert read.broken == 3
    assert [fault.partition(": expected")[0] for fault in read.faults] == [
        "labels.json: annotation 0",
        "labels.json: annotation 2",
        "labels.json: annotation 3",
    ]
    assert read.groups == {"face": 1}


def test_faults_of_several_files_and_objects_are_told(tmp_path: Path, images: Path) -> None:
    voc(tmp_path, "a.png", (10, 20, 0, 40), BOX, (10, 20, 40, -1))
    voc(tmp_path, "gone.png", BOX)
    folder = voc(tmp_path, "b.png", BOX)
    (folder / "c.xml").write_text("<annotation>")
    (folder / "d.xml").write_text("<annotation><filename>c.png</filename><object/></annotation>")
    (folder / "e.xml").write_text("<annotation/>")
    read = own.read(folder, images)
    expected = (
        "c.xml: expected well-formed XML, got",
        "d.xml: object 1: expected a value for bndbox/xmin, got none",
        "e.xml: expected a value for filename, got none",
        "a.xml: object 1: expected a box of positive width and height, got 10 20 10 60",
        "a.xml: object 3: expected a box of positive width",
        f"gone.xml: expected a photo below {images}, got 'gone.png', which is not there",
    )
    assert len(read.faults) == len(expected)
    for fault, start in zip(read.faults, expected, strict=True):
        assert fault.startswith(start)


def test_faults_of_lines_are_told(tmp_path: Path, images: Path) -> None:
    lines = ["a.png", "4", "10 20 40", "10 20 forty 40", "10 20 nan 40", "10 20 40 0", "../x.png", "0"]
    read = own.read(wider(tmp_path, "\n".join(lines)), images)
    places = [fault.split(": expected")[0].rpartition(":")[2] for fault in read.faults]
    assert sorted(places) == ["3", "4", "5", "6", "7"]


def test_more_faults_than_anybody_reads_are_counted(tmp_path: Path, images: Path) -> None:
    read = own.read(coco(tmp_path, BOX, *[(0, 0, 0, k) for k in range(30)]), images)
    assert (len(read.faults), read.broken) == (own.FAULTS_TOLD, 30)


def test_classes_of_faces_can_be_named(tmp_path: Path, images: Path) -> None:
    labels = coco(tmp_path, BOX, name="person")
    assert own.read(labels, images, faces=["person"]).groups == {"person": 1}
    with pytest.raises(DatasetError, match=r"nothing is labelled 'persons'; the nearest is 'person'"):
        own.read(labels, images, faces=["persons"])


def test_what_is_called_a_face_is_taken_before_other_classes(tmp_path: Path, images: Path) -> None:
    voc(tmp_path, "a.png", BOX, name="dog")
    assert own.read(voc(tmp_path, "b.png", BOX, name="face"), images).groups == {"face": 1}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.json", "no such file or folder; give the labels of your photos"),
        ("labels.csv", "its name does not say what format it has; give --format coco or voc or wider"),
        ("empty", "expected XML files of Pascal VOC, got none; give their folder"),
    ],
)
def test_what_are_no_labels_is_told(tmp_path: Path, images: Path, name: str, message: str) -> None:
    (tmp_path / "labels.csv").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match=message):
        own.read(tmp_path / name, images)


def test_a_missing_folder_of_photos_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder; give the folder of the labelled photos"):
        own.read(coco(tmp_path), tmp_path / "gone")


def test_a_list_that_breaks_off_is_told(tmp_path: Path, images: Path) -> None:
    with pytest.raises(DatasetError, match=r"3: expected x, y, width, height.* the end of the file"):
        own.read(wider(tmp_path, "a.png\n1\n"), images)
