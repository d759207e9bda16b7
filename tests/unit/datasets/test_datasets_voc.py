from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from smilecascade import images
from smilecascade.datasets import masks, voc
from smilecascade.datasets.framing import Framing
from smilecascade.errors import DatasetError

OBJECT = """<object><name>{name}</name><difficult>{difficult}</difficult>
<bndbox><xmin>10</xmin><ymin>20</ymin><xmax>{right}</xmax><ymax>60</ymax></bndbox>
</object>"""


def thing(name: str = "with_mask", *, difficult: int = 0, right: str = "50") -> str:
    return OBJECT.format(name=name, difficult=difficult, right=right)


def declared(width: object, height: object) -> str:
    return f"<size><width>{width}</width><height>{height}</height></size>"


def made(root: Path, *objects: str, photo: str = "p.png", layout: tuple[str, str] = voc.LAYOUTS[0]) -> Path:
    for folder in layout:
        (root / folder).mkdir()
    (root / layout[1] / photo).touch()
    text = "\n".join(["<annotation>", "<filename>p.jpg</filename>", *objects, "</annotation>"])
    (root / layout[0] / "p.xml").write_text(text)
    return root


@pytest.mark.parametrize("layout", voc.LAYOUTS)
@pytest.mark.parametrize("photo", ["p.jpg", "p.png"])
def test_the_photo_is_found_in_each_layout_by_name_or_stem(
    tmp_path: Path, layout: tuple[str, str], photo: str
) -> None:
    (found,) = voc.read(made(tmp_path, photo=photo, layout=layout))
    assert (found.path, found.name, found.faces) == (tmp_path / layout[1] / photo, photo, ())
    assert found.complete


def test_a_box_becomes_the_square_of_the_same_area(tmp_path: Path) -> None:
    (photo,) = voc.read(made(tmp_path, thing(right="100")))
    (face,) = photo.faces
    assert face.square == pytest.approx((25, 10, 85, 70))
    assert (face.original.kind, face.original.values) == ("box", (10, 20, 100, 60))
    assert (face.group, face.role, face.points) == ("with_mask", "face", None)


@pytest.mark.parametrize(
    ("actual", "square"),
    [
        ((100, 80), (5, 10, 25, 30)),
        ((100, 160), (15 - 800**0.5 / 2, 40 - 800**0.5 / 2, 15 + 800**0.5 / 2, 40 + 800**0.5 / 2)),
        ((400, 320), (20, 40, 100, 120)),
        ((199, 161), (10, 20, 50, 60)),
        ((200, 160), (10, 20, 50, 60)),
    ],
    ids=["half as large", "half as wide", "twice as large", "a pixel off", "as declared"],
)
def test_boxes_follow_a_photo_that_was_resized(
    tmp_path: Path, actual: tuple[int, int], square: tuple[float, ...]
) -> None:
    root = made(tmp_path, declared(200, 160), thing())
    Image.new("RGB", actual).save(root / "images" / "p.png")
    (photo,) = voc.read(root)
    assert photo.faces[0].square == pytest.approx(square)
    assert photo.faces[0].original.values == (10, 20, 50, 60)


def test_more_than_a_pixel_on_one_axis_is_enough(tmp_path: Path) -> None:
    root = made(tmp_path, declared(200, 160), thing())
    Image.new("RGB", (200, 162)).save(root / "images" / "p.png")
    (photo,) = voc.read(root)
    _, y1, _, y2 = photo.faces[0].square
    assert (y1 + y2) / 2 == pytest.approx(40 * 162 / 160)


@pytest.mark.parametrize("size", ["", declared(0, 0), declared(200, 0), declared(0, 160), declared(-1, -1)])
def test_boxes_stay_where_no_size_is_known(tmp_path: Path, size: str) -> None:
    root = made(tmp_path, size, thing())
    Image.new("RGB", (100, 80)).save(root / "images" / "p.png")
    (photo,) = voc.read(root)
    assert photo.faces[0].square == pytest.approx((10, 20, 50, 60))


def test_boxes_stay_where_the_photo_cannot_be_read(tmp_path: Path) -> None:
    (photo,) = voc.read(made(tmp_path, declared(200, 160), thing()))
    assert photo.faces[0].square == pytest.approx((10, 20, 50, 60))


def test_a_photo_on_its_side_is_measured_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    root = made(tmp_path, declared(160, 200), thing())
    Image.new("RGB", (100, 80)).save(root / "images" / "p.png", exif=exif)
    (photo,) = voc.read(root)
    assert photo.faces[0].square == pytest.approx((5, 10, 25, 30))


@pytest.mark.data
def test_every_face_lies_in_its_photo(dataset: Callable[[str], Path]) -> None:
    for photo in voc.read(dataset("facemask")):
        width, height = images.size(photo.path)
        for x1, y1, x2, y2 in (face.square for face in photo.faces):
            assert 0 < x1 + x2 < 2 * width, photo.name
            assert 0 < y1 + y2 < 2 * height, photo.name


def test_difficult_faces_are_ignored(tmp_path: Path) -> None:
    (photo,) = voc.read(made(tmp_path, thing(difficult=1), thing()))
    assert [face.role for face in photo.faces] == ["ignore", "face"]


def test_a_framing_moves_its_class_only(tmp_path: Path) -> None:
    framings = {"low": Framing(down=0.5, scale=0.5)}
    (photo,) = voc.read(made(tmp_path, thing("low"), thing("other")), framings=framings)
    assert photo.faces[0].square == pytest.approx((20, 50, 40, 70))
    assert photo.faces[1].square == pytest.approx((10, 20, 50, 60))
    assert photo.faces[0].original == photo.faces[1].original


def test_masks_move_up_into_the_canonical_framing(tmp_path: Path) -> None:
    (photo,) = masks.read(made(tmp_path, thing("with_mask")))
    assert photo.faces[0].square == pytest.approx((9, 16.2, 51, 58.2))


def test_no_xml_files_are_no_photos(tmp_path: Path) -> None:
    (tmp_path / "annotations").mkdir()
    assert list(voc.read(tmp_path)) == []


def test_a_folder_of_another_kind_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"expected the folders annotations and images .*, got neither"):
        list(voc.read(tmp_path))


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (thing(right="wide"), "6: expected a number for bndbox/xmax, got 'wide'"),
        (thing(right=""), "6: expected <object> with a value for bndbox/xmax, got none"),
        (thing(name=" "), "6: expected <object> with a value for name, got none"),
        (thing(right="10"), "6: expected a face of positive size, got 10 20 10 60"),
        (declared("wide", 160), "6: expected a number for width, got 'wide'"),
        (declared(200, ""), "6: expected <size> with a value for height, got none"),
        ("<object>", "7: expected well-formed XML, got mismatched tag"),
    ],
)
def test_a_broken_object_is_reported_with_its_line(tmp_path: Path, broken: str, message: str) -> None:
    with pytest.raises(DatasetError, match=rf"p\.xml:{message}"):
        list(voc.read(made(tmp_path, thing(), broken)))


def test_a_missing_photo_is_reported(tmp_path: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"p\.xml:1: expected the name of a photo of the set, got .*p\.jpg"
    ):
        list(voc.read(made(tmp_path, photo="q.jpg")))
