import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from smilecascade.errors import DatasetError
from smilecascade.interchange import voc
from smilecascade.interchange.regions import MarkedPhoto, Region

#: Each entity is ten of the one before: three gigabytes of text in the last.
BOMB = (
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e0 'lol'>"
    + "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    + "]><annotation><filename>&e9;</filename></annotation>"
)


def test_an_xml_file_a_photo(tmp_path: Path, photos: list[MarkedPhoto]) -> None:
    voc.write(photos, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0--Parade-a b.xml", "c.xml"]
    root = ElementTree.parse(tmp_path / "0--Parade-a b.xml").getroot()
    assert root.findtext("filename") == "0--Parade/a b.jpg"
    assert [root.findtext(f"size/{side}") for side in ("width", "height")] == ["320", "240"]
    first, second = root.iter("object")
    assert (first.findtext("name"), first.findtext("difficult")) == ("with_mask", "0")
    assert [edge.text for edge in first.find("bndbox") or ()] == ["10", "20", "40.5", "60.25"]
    assert second.findtext("difficult") == "1"


def test_what_is_read_back_has_no_scores(tmp_path: Path, photos: list[MarkedPhoto]) -> None:
    voc.write(photos, tmp_path)
    first, second = voc.read(tmp_path)
    assert (first.name, first.size, second) == (photos[0].name, photos[0].size, photos[1])
    assert first.regions == (
        Region(box=(10, 20, 40.5, 60.25), group="with_mask"),
        Region(box=(-3, 5, 17, 25), group="face", ignored=True),
    )


def test_names_that_would_share_a_file_get_a_number(tmp_path: Path) -> None:
    names = ["a/b.jpg", "a-b.jpg", "A-B.png"]
    voc.write([MarkedPhoto(name=name) for name in names], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["A-B-3.xml", "a-b-2.xml", "a-b.xml"]
    assert sorted(photo.name for photo in voc.read(tmp_path)) == sorted(names)


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    voc.write([MarkedPhoto(name="../../a.jpg"), MarkedPhoto(name="/b.jpg")], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["-b.xml", "..-..-a.xml"]


def test_text_is_escaped(tmp_path: Path) -> None:
    photo = MarkedPhoto(name="a&b<c>.jpg", regions=(Region(box=(0, 0, 9, 9), group="</name>&amp;"),))
    voc.write([photo], tmp_path)
    assert list(voc.read(tmp_path)) == [photo]


def test_entities_do_not_fill_the_memory(tmp_path: Path) -> None:
    (tmp_path / "bomb.xml").write_text(BOMB)
    began = time.monotonic()
    with pytest.raises(DatasetError, match=r"bomb\.xml: expected well-formed XML, got limit on input"):
        list(voc.read(tmp_path))
    assert time.monotonic() - began < 10


def test_entities_name_no_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    folder = tmp_path / "labels"
    folder.mkdir()
    (folder / "a.xml").write_text(
        f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        "<annotation><filename>&e;.jpg</filename></annotation>"
    )
    with pytest.raises(DatasetError, match=r"a\.xml: expected well-formed XML, got undefined entity"):
        list(voc.read(folder))


def test_a_folder_without_xml_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="expected XML files of Pascal VOC, got none"):
        list(voc.read(tmp_path))
