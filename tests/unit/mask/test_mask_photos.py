"""A photo written again: its pixels, upright and in the usual colours, and nothing else that it held."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from painted import GREEN, RED, PaintedCascade, painted
from smilecascade.express import Expression
from smilecascade.images import read
from smilecascade.mask import STYLES, Cover, Masker, read_photo, write_photo
from smilecascade.mipmaps import Pixels

#: What a photo tells of its owner, wherever it stands in the file.
SECRETS = (b"Secret place", b"Secret comment", b"Secret thumbnail", b"Secret profile", b"Canon", b"GPS")

Write = Callable[[Path], None]


def exif() -> bytes:
    data = Image.Exif()
    data[ExifTags.Base.Make] = "Canon"
    data[ExifTags.Base.ImageDescription] = "Secret place"
    data[ExifTags.Base.UserComment] = "Secret comment"
    gps = data.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (52.0, 30.0, 57.0)
    gps[ExifTags.GPS.GPSProcessingMethod] = b"GPS"
    # Where thumbnails stand: behind the tables of tags.
    return data.tobytes() + b"Secret thumbnail"


def profile() -> bytes:
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made + b"Secret profile" + bytes(2)


def told_jpeg(path: Path) -> None:
    picture().save(path, exif=exif(), comment=b"Secret comment", icc_profile=profile(), xmp=b"Secret place")


def told_png(path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "Secret comment")
    text.add_itxt("XML:com.adobe.xmp", "Secret place")
    picture().save(path, pnginfo=text, exif=exif(), icc_profile=profile())


def told_webp(path: Path) -> None:
    picture().save(path, exif=exif(), xmp=b"Secret place", icc_profile=profile())


def told_tiff(path: Path) -> None:
    picture().save(path, exif=exif(), icc_profile=profile())


def picture() -> Image.Image:
    return Image.fromarray(painted((RED, (40, 30, 66, 64))))


@pytest.mark.parametrize(
    ("name", "target", "write"),
    [
        ("a.jpg", "a.jpg", told_jpeg),
        ("a.png", "a.png", told_png),
        ("a.webp", "a.webp", told_webp),
        ("a.tif", "a.png", told_tiff),
    ],
)
def test_nothing_that_a_photo_tells_is_left(tmp_path: Path, name: str, target: str, write: Write) -> None:
    source, copy = tmp_path / name, tmp_path / "out" / target
    copy.parent.mkdir()
    write(source)
    assert sum(secret in source.read_bytes() for secret in SECRETS) >= 3
    write_photo(read_photo(source), [], STYLES["solid"], copy)
    data = copy.read_bytes()
    assert [secret for secret in SECRETS if secret in data] == []
    with Image.open(copy) as image:
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment", "Comment"} & set(image.info)
        assert image.format == {"a.jpg": "JPEG", "a.png": "PNG", "a.webp": "WEBP"}[target]
    assert np.abs(read(copy).astype(int) - read(source)).mean() < 3


def test_a_photo_that_lies_on_its_side_is_covered_upright(tmp_path: Path) -> None:
    stored = np.ascontiguousarray(np.rot90(painted((RED, (40, 30, 66, 64)))))
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    Image.fromarray(stored).save(tmp_path / "a.jpg", exif=turned.tobytes(), quality=95)
    masker = Masker(cascade=PaintedCascade(), style=STYLES["solid"])
    image = read_photo(tmp_path / "a.jpg")
    (cover,) = masker.covers(image)
    assert cover.box == pytest.approx((40, 30, 66, 64), abs=2)
    write_photo(image, [cover], masker.style, tmp_path / "b.jpg")
    copy = read(tmp_path / "b.jpg")
    assert copy.shape == (120, 160, 3)
    assert copy[30:64, 40:66].max() < 60


def wide(pixels: Pixels) -> tuple[bytes, bytes]:
    """A JPEG in a colour space whose red and green are exchanged, and its profile."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, green = srgb.index(b"rXYZ"), srgb.index(b"gXYZ")
    swapped = bytearray(srgb)
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    file = BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95, icc_profile=bytes(swapped))
    return file.getvalue(), bytes(swapped)


def test_colours_of_another_space_become_those_of_srgb(tmp_path: Path) -> None:
    pixels = np.full((32, 32, 3), (200, 60, 30), np.uint8)
    (tmp_path / "a.jpg").write_bytes(wide(pixels)[0])
    assert np.abs(read_photo(tmp_path / "a.jpg")[16, 16].astype(int) - (60, 200, 30)).max() < 8


@pytest.mark.parametrize("profile", [b"no profile at all", b""])
def test_a_broken_profile_is_left_out(tmp_path: Path, profile: bytes) -> None:
    pixels = painted()
    Image.fromarray(pixels).save(tmp_path / "a.png", icc_profile=profile)
    assert (read_photo(tmp_path / "a.png") == pixels).all()


def test_a_grey_photo_with_a_profile_of_greys(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    Image.new("L", (8, 8), 90).save(tmp_path / "a.png", icc_profile=lab)
    assert (read_photo(tmp_path / "a.png") == 90).all()


def test_expressions_are_asked_for_where_they_are_shown() -> None:
    asked: list[tuple[float, ...]] = []

    def express(image: Pixels, faces) -> list[Expression]:
        asked.extend(face.box for face in faces)
        return [Expression.of(anger=1.0) for _ in faces]

    image = painted((RED, (40, 30, 66, 64)), (GREEN, (100, 30, 126, 64)))
    for name, moods in (("smiley", ["anger", "anger"]), ("solid", [])):
        masker = Masker(cascade=PaintedCascade(), style=STYLES[name], express=express)
        covers = masker.covers(image)
        assert [cover.expression.top for cover in covers if cover.expression] == moods
    assert asked == [pytest.approx(cover.box) for cover in covers]


def test_covers_know_how_sure_they_are(cascade: PaintedCascade) -> None:
    masker = Masker(cascade=cascade, style=STYLES["blur"])
    assert masker.own_score == 0.9
    assert masker.sure_score == pytest.approx(0.7965)
    (cover,) = masker.covers(painted((GREEN, (100, 30, 126, 64))))
    assert cover.score == 0.85
    assert isinstance(cover, Cover)
