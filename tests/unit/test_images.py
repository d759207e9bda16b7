import logging
import os
import struct
import threading
import warnings
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, features

from smilecascade import images
from smilecascade.errors import ImageError


@pytest.fixture
def colours() -> np.ndarray:
    """Six flat, different blocks in two rows of three: any turn or mirroring shows, JPEG keeps them."""
    blocks = np.array(
        [
            [[250, 20, 20], [20, 200, 30], [30, 30, 240]],
            [[240, 230, 20], [20, 20, 20], [200, 200, 200]],
        ],
        np.uint8,
    )
    return blocks.repeat(16, axis=0).repeat(16, axis=1)


def assert_close(found: np.ndarray, wanted: np.ndarray, tolerance: int = 12) -> None:
    assert found.dtype == np.uint8
    assert found.shape == wanted.shape
    # JPEG blurs the borders between blocks; their middles tell.
    difference = np.abs(found[8::16, 8::16].astype(int) - wanted[8::16, 8::16])
    assert difference.max() <= tolerance


def written(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)
    return path


def message(path: Path, **options: int) -> str:
    with pytest.raises(ImageError) as caught:
        images.read(path, **options)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    assert ";" in text, "an error says what next"
    assert "\n" not in text
    return text.removeprefix(f"{path}: ")


def png(width: int, height: int, bits: int = 8, rows: bytes = b"") -> bytes:
    """An RGB PNG of any declared size, whatever rows it really has."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class TestFormats:
    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tif", ".ppm", ".gif"])
    def test_reads_rgb(self, tmp_path: Path, colours: np.ndarray, suffix: str) -> None:
        path = written(tmp_path / f"photo{suffix}", Image.fromarray(colours))
        assert_close(images.read(path), colours)

    @pytest.mark.parametrize(("suffix", "feature"), [(".avif", "avif"), (".jp2", "jpg_2000")])
    def test_reads_what_this_pillow_was_built_with(
        self, tmp_path: Path, colours: np.ndarray, suffix: str, feature: str
    ) -> None:
        if feature not in features.get_supported():
            pytest.skip(f"this Pillow was built without {feature}")
        path = written(tmp_path / f"photo{suffix}", Image.fromarray(colours))
        assert_close(images.read(path), colours)

    def test_goes_by_content_not_by_suffix(self, tmp_path: Path, colours: np.ndarray) -> None:
        path = written(tmp_path / "photo.jpg", Image.fromarray(colours), format="PNG")
        np.testing.assert_array_equal(images.read(path), colours)

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".webp"])
    def test_grey_becomes_three_equal_channels(self, tmp_path: Path, suffix: str) -> None:
        grey = np.array([[0, 90], [180, 255]], np.uint8).repeat(16, axis=0).repeat(16, axis=1)
        path = written(tmp_path / f"grey{suffix}", Image.fromarray(grey))
        assert_close(images.read(path), grey[..., None].repeat(3, axis=2))

    def test_one_bit(self, tmp_path: Path) -> None:
        bits = np.eye(8, dtype=bool)
        path = written(tmp_path / "bits.png", Image.fromarray(bits))
        np.testing.assert_array_equal(images.read(path), bits[..., None].repeat(3, 2) * np.uint8(255))

    def test_palette(self, tmp_path: Path, colours: np.ndarray) -> None:
        path = written(tmp_path / "palette.png", Image.fromarray(colours).quantize(16))
        assert_close(images.read(path), colours)

    @pytest.mark.parametrize(("kind", "compression"), [("CMYK", None), ("YCbCr", "jpeg")])
    def test_other_colour_spaces(
        self, tmp_path: Path, colours: np.ndarray, kind: str, compression: str | None
    ) -> None:
        photo = Image.fromarray(colours).convert(kind)
        path = written(tmp_path / "photo.tif", photo, compression=compression)
        assert_close(images.read(path), colours)

    def test_cmyk_jpeg_of_adobe_is_not_read_inverted(self, tmp_path: Path, colours: np.ndarray) -> None:
        path = written(tmp_path / "cmyk.jpg", Image.fromarray(colours).convert("CMYK"), quality=95)
        assert b"Adobe" in path.read_bytes()
        assert_close(images.read(path), colours)

    @pytest.mark.parametrize("suffix", [".gif", ".webp", ".png", ".tif"])
    def test_first_frame_of_several(self, tmp_path: Path, colours: np.ndarray, suffix: str) -> None:
        frames = [Image.fromarray(colours), Image.fromarray(255 - colours)]
        path = written(tmp_path / f"moving{suffix}", frames[0], save_all=True, append_images=frames[1:])
        with Image.open(path) as reopened:
            assert reopened.n_frames == 2
        assert_close(images.read(path), colours)

    def test_first_picture_of_mpo(self, tmp_path: Path, colours: np.ndarray) -> None:
        frames = [Image.fromarray(colours), Image.fromarray(255 - colours)]
        path = written(tmp_path / "two.mpo", frames[0], save_all=True, append_images=frames[1:], quality=95)
        assert_close(images.read(path), colours)

    def test_broken_index_of_mpo_costs_nothing(self, tmp_path: Path, colours: np.ndarray) -> None:
        frames = [Image.fromarray(colours), Image.fromarray(255 - colours)]
        path = written(tmp_path / "two.mpo", frames[0], save_all=True, append_images=frames[1:], quality=95)
        path.write_bytes(path.read_bytes().replace(b"MPF\0", b"MPF\0zz", 1))
        assert_close(images.read(path), colours)

    def test_bytes_as_files(self, tmp_path: Path, colours: np.ndarray) -> None:
        path = written(tmp_path / "photo.png", Image.fromarray(colours))
        np.testing.assert_array_equal(images.read_bytes(path.read_bytes(), "photo"), colours)

    def test_result_is_contiguous_and_writable(self, tmp_path: Path, colours: np.ndarray) -> None:
        found = images.read(written(tmp_path / "photo.png", Image.fromarray(colours)))
        assert found.flags.c_contiguous
        assert found.flags.writeable

    def test_more_rows_than_one_band(self, tmp_path: Path) -> None:
        photo = np.random.default_rng(3).integers(0, 256, (1500, 1100, 3), np.uint8)
        path = written(tmp_path / "large.bmp", Image.fromarray(photo))
        np.testing.assert_array_equal(images.read(path), photo)

    def test_smallest_photo(self, tmp_path: Path) -> None:
        path = written(tmp_path / "dot.png", Image.new("RGB", (1, 1), (1, 2, 3)))
        assert images.read(path).tolist() == [[[1, 2, 3]]]


class TestDeepGrey:
    def test_16_bit_png(self, tmp_path: Path) -> None:
        grey = np.array([[0, 257, 25700, 65535]], np.uint16)
        path = written(tmp_path / "deep.png", Image.fromarray(grey))
        assert images.read(path)[0, :, 0].tolist() == [0, 1, 100, 255]

    def test_dark_16_bit_stays_dark(self, tmp_path: Path) -> None:
        path = written(tmp_path / "dark.png", Image.fromarray(np.full((2, 2), 200, np.uint16)))
        assert images.read(path).max() == 1

    def test_16_bit_rgb_png(self, tmp_path: Path) -> None:
        rows = b"\0" + struct.pack(">6H", 0, 25700, 65535, 65535, 257, 0)
        path = tmp_path / "deep.png"
        path.write_bytes(png(2, 1, bits=16, rows=rows))
        assert images.read(path).tolist() == [[[0, 100, 255], [255, 1, 0]]]

    @pytest.mark.parametrize("white", [1, 255, 65535])
    def test_float_tiff_of_any_customary_white(self, tmp_path: Path, white: float) -> None:
        grey = np.array([[0, 0.2, 0.6, 1]], np.float32) * white
        path = written(tmp_path / "float.tif", Image.fromarray(grey))
        assert images.read(path)[0, :, 0].tolist() == [0, 51, 153, 255]

    @pytest.mark.parametrize("white", [255, 65535, 2**31 - 1])
    def test_int_tiff_of_any_customary_white(self, tmp_path: Path, white: int) -> None:
        grey = np.array([[0, white // 5, white]], np.int32)
        path = written(tmp_path / "int.tif", Image.fromarray(grey))
        assert images.read(path)[0, :, 0].tolist() == [0, 51, 255]

    def test_nan_and_negative_values_are_black_and_infinite_ones_white(self, tmp_path: Path) -> None:
        grey = np.array([[np.nan, -3, 1, np.inf, -np.inf]], np.float32)
        path = written(tmp_path / "odd.tif", Image.fromarray(grey))
        assert images.read(path)[0, :, 0].tolist() == [0, 0, 255, 255, 0]

    def test_all_nan(self, tmp_path: Path) -> None:
        path = written(tmp_path / "nan.tif", Image.fromarray(np.full((2, 3), np.nan, np.float32)))
        assert not images.read(path).any()


class TestTransparency:
    def test_alpha_is_laid_on_white(self, tmp_path: Path) -> None:
        rgba = np.array([[[10, 20, 30, 255], [10, 20, 30, 0], [0, 100, 255, 51]]], np.uint8)
        path = written(tmp_path / "alpha.png", Image.fromarray(rgba))
        assert images.read(path).tolist() == [[[10, 20, 30], [255, 255, 255], [204, 224, 255]]]

    def test_grey_with_alpha(self, tmp_path: Path) -> None:
        path = written(tmp_path / "la.png", Image.fromarray(np.array([[[7, 255], [7, 0]]], np.uint8), "LA"))
        assert images.read(path).tolist() == [[[7, 7, 7], [255, 255, 255]]]

    def test_palette_with_transparent_colour(self, tmp_path: Path) -> None:
        palette = Image.fromarray(np.array([[0, 1, 2]], np.uint8), "P")
        palette.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
        path = written(tmp_path / "palette.png", palette, transparency=1)
        assert images.read(path).tolist() == [[[10, 20, 30], [255, 255, 255], [70, 80, 90]]]

    def test_palette_with_alpha_of_each_colour(self, tmp_path: Path) -> None:
        palette = Image.fromarray(np.array([[0, 1, 2]], np.uint8), "P")
        palette.putpalette([10, 20, 30, 0, 100, 255, 70, 80, 90])
        path = written(tmp_path / "palette.png", palette, transparency=b"\xff\x33\x00")
        assert images.read(path).tolist() == [[[10, 20, 30], [204, 224, 255], [255, 255, 255]]]

    def test_rgb_with_transparent_colour(self, tmp_path: Path) -> None:
        rgb = Image.fromarray(np.array([[[1, 2, 3], [9, 9, 9]]], np.uint8))
        path = written(tmp_path / "rgb.png", rgb, transparency=(1, 2, 3))
        assert images.read(path).tolist() == [[[255, 255, 255], [9, 9, 9]]]

    def test_gif_with_transparent_colour(self, tmp_path: Path) -> None:
        palette = Image.fromarray(np.array([[0, 1]], np.uint8), "P")
        palette.putpalette([10, 20, 30, 40, 50, 60])
        path = written(tmp_path / "palette.gif", palette, transparency=1)
        assert images.read(path).tolist() == [[[10, 20, 30], [255, 255, 255]]]


#: How a photo that is upright must be stored for each EXIF orientation.
STORED: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda upright: upright,
    2: np.fliplr,
    3: lambda upright: np.rot90(upright, 2),
    4: np.flipud,
    5: lambda upright: upright.transpose(1, 0, 2),
    6: np.rot90,
    7: lambda upright: np.rot90(upright.transpose(1, 0, 2), 2),
    8: lambda upright: np.rot90(upright, -1),
}


class TestOrientation:
    @pytest.mark.parametrize("orientation", STORED)
    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
    def test_every_orientation_comes_out_upright(
        self, tmp_path: Path, colours: np.ndarray, orientation: int, suffix: str
    ) -> None:
        exif = Image.Exif()
        exif[274] = orientation
        stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](colours)))
        path = written(tmp_path / f"turned{suffix}", stored, exif=exif)
        assert_close(images.read(path), colours)

    @pytest.mark.parametrize("orientation", STORED)
    def test_the_test_agrees_with_pillow(self, colours: np.ndarray, orientation: int) -> None:
        from PIL import ImageOps

        exif = Image.Exif()
        exif[274] = orientation
        file = BytesIO()
        Image.fromarray(np.ascontiguousarray(STORED[orientation](colours))).save(file, "PNG", exif=exif)
        np.testing.assert_array_equal(np.asarray(ImageOps.exif_transpose(Image.open(file))), colours)

    @pytest.mark.parametrize("orientation", [0, 9, 65535])
    def test_unknown_orientation_is_upright(
        self, tmp_path: Path, colours: np.ndarray, orientation: int
    ) -> None:
        exif = Image.Exif()
        exif[274] = orientation
        path = written(tmp_path / "odd.png", Image.fromarray(colours), exif=exif)
        np.testing.assert_array_equal(images.read(path), colours)

    def test_broken_exif_costs_nothing(self, tmp_path: Path, colours: np.ndarray) -> None:
        path = written(tmp_path / "odd.jpg", Image.fromarray(colours), exif=b"Exif\0\0nonsense", quality=95)
        assert_close(images.read(path), colours)


class TestRefusals:
    def test_missing(self, tmp_path: Path) -> None:
        assert message(tmp_path / "none.jpg") == "there is no such file; check the path"

    def test_folder(self, tmp_path: Path) -> None:
        assert message(tmp_path) == "is a folder; name a photo in it"

    def test_empty(self, tmp_path: Path) -> None:
        path = tmp_path / "empty.jpg"
        path.touch()
        assert message(path) == "is empty; copy or download it again"

    def test_text(self, tmp_path: Path) -> None:
        path = tmp_path / "text.jpg"
        path.write_text("no photo at all\n")
        assert message(path).startswith("is not a photo that can be read (JPEG, PNG,")

    def test_heic(self, tmp_path: Path) -> None:
        path = tmp_path / "phone.heic"
        path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
        assert message(path) == "is a HEIC photo, which cannot be read; convert it to JPEG"

    def test_formats_outside_the_list_are_never_tried(self, tmp_path: Path, colours: np.ndarray) -> None:
        path = written(tmp_path / "icon.ico", Image.fromarray(colours))
        assert "not a photo that can be read" in message(path)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
    def test_pipe_is_refused_instead_of_waited_for(self, tmp_path: Path) -> None:
        path = tmp_path / "pipe.jpg"
        os.mkfifo(path)
        assert message(path) == "is not an ordinary file; name a photo"

    def test_path_that_no_system_has(self) -> None:
        with pytest.raises(ImageError, match="cannot be opened"):
            images.read(Path("a\0b.jpg"))

    @pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may read everything")
    def test_unreadable(self, tmp_path: Path) -> None:
        path = tmp_path / "locked.jpg"
        path.touch(mode=0o000)
        assert "Permission denied" in message(path)

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif", ".bmp", ".tif"])
    @pytest.mark.parametrize("kept", [0.05, 0.5, 0.9])
    def test_truncated(self, tmp_path: Path, suffix: str, kept: float) -> None:
        noise = np.random.default_rng(5).integers(0, 256, (90, 120, 3), np.uint8)
        path = written(tmp_path / f"cut{suffix}", Image.fromarray(noise))
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
        assert message(path).startswith(("is truncated", "is broken"))

    @pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
    def test_truncated_jpeg_is_called_so(self, tmp_path: Path, kept: float) -> None:
        noise = np.random.default_rng(5).integers(0, 256, (90, 120, 3), np.uint8)
        path = written(tmp_path / "cut.jpg", Image.fromarray(noise))
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
        assert message(path).startswith("is truncated: the file ends before the picture does;")

    def test_header_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "head.jpg"
        path.write_bytes(b"\xff\xd8\xff\xe0")
        assert message(path).startswith(("is truncated", "is broken"))

    def test_any_broken_byte_is_an_image_error_or_nothing(self, colours: np.ndarray) -> None:
        generator = np.random.default_rng(7)
        for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "PPM"):
            file = BytesIO()
            Image.fromarray(colours).save(file, kind)
            for _ in range(40):
                data = bytearray(file.getvalue())
                data[generator.integers(12, min(len(data), 300))] ^= int(generator.integers(1, 256))
                with suppress(ImageError):
                    assert images.read_bytes(bytes(data), "broken").shape[2] == 3

    def test_bytes_are_named_in_errors(self) -> None:
        with pytest.raises(ImageError, match=r"^upload 7: is empty; "):
            images.read_bytes(b"", "upload 7")


class TestSizes:
    def test_huge_png_is_refused_with_its_size_and_the_limit(self, tmp_path: Path) -> None:
        path = tmp_path / "huge.png"
        path.write_bytes(png(20000, 20000))
        assert message(path) == (
            "20000x20000 = 400,000,000 pixels are over the limit of 50,000,000; shrink the photo first"
        )

    def test_no_pixel_is_decoded_before(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from PIL import ImageFile

        path = tmp_path / "huge.png"
        path.write_bytes(png(10000, 10000))
        monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
        assert "over the limit" in message(path)

    def test_limit_is_the_last_size_allowed(self, tmp_path: Path) -> None:
        path = written(tmp_path / "photo.png", Image.new("RGB", (10, 10)))
        assert images.read(path, max_pixels=100).shape == (10, 10, 3)
        assert "10x10 = 100 pixels are over the limit of 99;" in message(path, max_pixels=99)

    def test_size_declared_beyond_reason_in_a_small_gif(self, tmp_path: Path, colours: np.ndarray) -> None:
        path = written(tmp_path / "huge.gif", Image.fromarray(colours))
        data = bytearray(path.read_bytes())
        data[6:10] = struct.pack("<HH", 65535, 65535)
        path.write_bytes(bytes(data))
        assert "65535x65535" in message(path)

    def test_a_larger_limit_needs_no_leave_of_pillow(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = written(tmp_path / "photo.png", Image.new("RGB", (2500, 1000)))
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_200_000)
        assert images.read(path).shape == (1000, 2500, 3)
        assert Image.MAX_IMAGE_PIXELS == 1_200_000

    def test_filters_of_warnings_are_left_alone_by_threads(self, tmp_path: Path, colours: np.ndarray) -> None:
        path = written(tmp_path / "photo.jpg", Image.fromarray(colours))
        before = list(warnings.filters)
        threads = [threading.Thread(target=images.read, args=(path,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert list(warnings.filters) == before


class TestSizeOfAFile:
    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tif", ".ppm", ".gif"])
    def test_width_comes_first(self, tmp_path: Path, suffix: str) -> None:
        path = written(tmp_path / f"photo{suffix}", Image.new("RGB", (48, 32)))
        assert images.size(path) == (48, 32)

    @pytest.mark.parametrize("orientation", [*STORED, 0, 9])
    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
    def test_the_size_is_that_of_the_upright_photo(
        self, tmp_path: Path, orientation: int, suffix: str
    ) -> None:
        exif = Image.Exif()
        exif[274] = orientation
        path = written(tmp_path / f"turned{suffix}", Image.new("RGB", (48, 32)), exif=exif)
        assert images.size(path) == ((32, 48) if orientation in (5, 6, 7, 8) else (48, 32))
        assert images.size(path) == images.read(path).shape[1::-1]

    @pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".tif"])
    def test_no_pixel_is_decoded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
        from PIL import ImageFile

        path = written(tmp_path / f"photo{suffix}", Image.new("RGB", (48, 32)))
        monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
        assert images.size(path) == (48, 32)

    def test_photos_that_are_too_large_or_cut_off_have_a_size(self, tmp_path: Path) -> None:
        path = tmp_path / "huge.png"
        path.write_bytes(png(20000, 30000))
        assert images.size(path) == (20000, 30000)

    def test_broken_exif_costs_nothing(self, tmp_path: Path) -> None:
        path = written(tmp_path / "odd.jpg", Image.new("RGB", (48, 32)), exif=b"Exif\0\0nonsense")
        assert images.size(path) == (48, 32)

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("none.jpg", None),
            ("", None),
            ("a.jpg/b.jpg", None),
            ("a\0b.jpg", None),
            ("empty.jpg", b""),
            ("text.jpg", b"no photo at all\n"),
            ("head.jpg", b"\xff\xd8\xff\xe0"),
            ("head.png", png(48, 32)[:20]),
        ],
    )
    def test_errors_are_those_of_reading(self, tmp_path: Path, name: str, content: bytes | None) -> None:
        (tmp_path / "a.jpg").touch()
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ImageError) as caught:
            images.size(path)
        assert str(caught.value) == f"{path}: {message(path)}"


class TestCheckRgb:
    def test_takes_any_uint8_photo_as_it_is(self, colours: np.ndarray) -> None:
        locked = colours.copy()
        locked.flags.writeable = False
        for photo in (colours, locked, colours[::-1, ::-1], colours[::2, 5:9], colours[..., ::-1]):
            assert images.check_rgb(photo) is photo

    @pytest.mark.parametrize("shape", [(0, 0, 3), (0, 7, 3), (7, 0, 3)])
    def test_zero_area_passes(self, shape: tuple[int, int, int]) -> None:
        assert images.check_rgb(np.zeros(shape, np.uint8)).shape == shape

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ("photo.jpg", r"got str: read the photo first, with smilecascade\.images\.read"),
            (Path("photo.jpg"), r"got \w*Path: read the photo first"),
            (b"\xff\xd8", "got bytes: read the photo first"),
            (None, r"got NoneType: convert it with np\.asarray"),
            ([[[1, 2, 3]]], r"uint8 array \(height, width, 3\), got list"),
            (Image.new("L", (2, 2)), r"a Pillow image of mode L: convert it with np\.asarray\(image\.conv"),
            (
                np.ones((2, 2, 3)) / 2,
                r"got float64 in 0\.5\.\.0\.5: multiply by 255 and convert with \.astype",
            ),
            (
                np.full((2, 2, 3), 200, np.float32),
                r"got float32 in 200\.\.200: convert with \.clip\(0, 255\)",
            ),
            (np.full((2, 2, 3), np.nan), "got float64 with NaN or infinite values"),
            (np.full((2, 2, 3), 40000, np.uint16), r"got uint16 in 40000\.\.40000: divide by 257"),
            (np.zeros((2, 2, 3), np.int64), r"got int64 in 0\.\.0: convert with"),
            (np.zeros((2, 2, 3), bool), r"got bool: convert with \.astype\(np\.uint8\) \* 255"),
            (np.zeros((0, 2, 3)), r"got float64: convert with \.astype\(np\.uint8\)"),
            (np.array([["a", "b"]]), "Expected uint8 values 0..255, got <U1: these are not grey values"),
            (np.zeros((2, 2, 3), complex), "got complex128: these are not grey values"),
        ],
    )
    def test_wrong_type(self, wrong: object, said: str) -> None:
        with pytest.raises(TypeError, match=said):
            images.check_rgb(wrong)

    @pytest.mark.parametrize(
        ("shape", "said"),
        [
            ((5, 6), r"got \(5, 6\): grey; convert with np\.repeat\(image\[\.\.\., None\], 3, axis=2\)"),
            ((5, 6, 1), r"grey; convert with np\.repeat\(image, 3, axis=2\)"),
            ((5, 6, 4), r"four channels; drop alpha with image\[\.\.\., :3\]"),
            ((3, 5, 6), r"channels come first; convert with image\.transpose\(1, 2, 0\)"),
            ((2, 5, 6, 3), "several photos; pass them one by one"),
            ((5, 6, 2), "an RGB photo has three channels"),
            ((5,), "an RGB photo has three channels"),
            ((), "an RGB photo has three channels"),
        ],
    )
    def test_wrong_shape(self, shape: tuple[int, ...], said: str) -> None:
        with pytest.raises(ValueError, match=said):
            images.check_rgb(np.zeros(shape, np.uint8))


class TestSave:
    @pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.png", "a.webp"])
    def test_round_trip(self, tmp_path: Path, colours: np.ndarray, name: str) -> None:
        images.save(colours, tmp_path / name)
        assert_close(images.read(tmp_path / name), colours)
        assert [path.name for path in tmp_path.iterdir()] == [name]

    def test_png_is_exact_for_views_too(self, tmp_path: Path, colours: np.ndarray) -> None:
        images.save(colours[::-1, ::2], tmp_path / "view.png")
        np.testing.assert_array_equal(images.read(tmp_path / "view.png"), colours[::-1, ::2])

    def test_replaces_what_was_there(self, tmp_path: Path, colours: np.ndarray) -> None:
        (tmp_path / "a.png").write_text("old")
        images.save(colours, tmp_path / "a.png")
        np.testing.assert_array_equal(images.read(tmp_path / "a.png"), colours)

    def test_missing_folder(self, tmp_path: Path, colours: np.ndarray) -> None:
        path = tmp_path / "none" / "a.png"
        with pytest.raises(ImageError, match=r"cannot be written .*; check the folder and its rights"):
            images.save(colours, path)

    def test_target_that_is_a_folder_leaves_nothing_behind(self, tmp_path: Path, colours: np.ndarray) -> None:
        (tmp_path / "a.png" / "inside").mkdir(parents=True)
        with pytest.raises(ImageError, match="cannot be written"):
            images.save(colours, tmp_path / "a.png")
        assert [path.name for path in tmp_path.iterdir()] == ["a.png"]

    def test_folder_that_is_a_file(self, tmp_path: Path, colours: np.ndarray) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(ImageError, match="cannot be written"):
            images.save(colours, tmp_path / "file" / "a.png")

    @pytest.mark.parametrize(("name", "shape"), [("a.webp", (1, 20000, 3)), ("a.jpg", (1, 70000, 3))])
    def test_larger_than_the_format_allows(self, tmp_path: Path, name: str, shape: tuple[int, ...]) -> None:
        with pytest.raises(ImageError, match="cannot be written"):
            images.save(np.zeros(shape, np.uint8), tmp_path / name)
        assert list(tmp_path.iterdir()) == []

    def test_no_pixels(self, tmp_path: Path) -> None:
        with pytest.raises(ImageError, match="without pixels"):
            images.save(np.zeros((0, 4, 3), np.uint8), tmp_path / "a.png")

    @pytest.mark.parametrize("name", ["a.gif", "a"])
    def test_other_suffix(self, tmp_path: Path, colours: np.ndarray, name: str) -> None:
        with pytest.raises(ValueError, match=r"expected a name that ends in \.jpg, \.jpeg, \.png, \.webp"):
            images.save(colours, tmp_path / name)

    def test_wrong_array(self, tmp_path: Path) -> None:
        with pytest.raises(TypeError, match="uint8"):
            images.save(np.zeros((2, 2, 3)), tmp_path / "a.png")


class TestFindPhotos:
    def test_sorted_and_recursive_without_hidden_and_other_files(self, tmp_path: Path) -> None:
        wanted = ["A.JPG", "b.png", "sub/a.webp", "sub/deep/z.tiff"]
        for name in [*wanted, ".hidden.jpg", ".cache/c.jpg", "sub/notes.txt", "clip.mp4", "jpg"]:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        (tmp_path / "folder.jpg").mkdir()
        assert images.find_photos(tmp_path) == [tmp_path / name for name in wanted]

    def test_nothing(self, tmp_path: Path) -> None:
        assert images.find_photos(tmp_path) == []

    def test_hidden_folder_that_was_named(self, tmp_path: Path) -> None:
        folder = tmp_path / ".photos"
        folder.mkdir()
        (folder / "a.jpg").touch()
        assert images.find_photos(folder) == [folder / "a.jpg"]

    def test_links_never_lead_out_and_never_round(self, tmp_path: Path) -> None:
        inside, outside = tmp_path / "in", tmp_path / "out"
        (inside / "sub").mkdir(parents=True)
        outside.mkdir()
        for path in (inside / "sub" / "a.jpg", outside / "secret.jpg"):
            path.touch()
        (inside / "again.jpg").symlink_to(inside / "sub" / "a.jpg")
        (inside / "secret.jpg").symlink_to(outside / "secret.jpg")
        (inside / "outside").symlink_to(outside)
        (inside / "round").symlink_to(inside)
        (inside / "nowhere.jpg").symlink_to(inside / "none.jpg")
        assert images.find_photos(inside) == [inside / "again.jpg", inside / "sub" / "a.jpg"]

    def test_link_to_the_folder_itself_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "real" / "a.jpg").touch()
        (tmp_path / "link").symlink_to(tmp_path / "real")
        assert images.find_photos(tmp_path / "link") == [tmp_path / "link" / "a.jpg"]

    @pytest.mark.parametrize("name", ["none", "file", "a\0b"])
    def test_no_folder(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(ImageError, match=r"cannot be listed .*; name a folder of photos"):
            images.find_photos(tmp_path / name)

    def test_folder_inside_that_cannot_be_listed_is_logged(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "locked").mkdir()
        (tmp_path / "a.jpg").touch()
        real = os.scandir

        def scandir(path: str) -> object:
            if str(path).endswith("locked"):
                raise PermissionError(13, "Permission denied", str(path))
            return real(path)

        monkeypatch.setattr(os, "scandir", scandir)
        with caplog.at_level(logging.WARNING):
            assert images.find_photos(tmp_path) == [tmp_path / "a.jpg"]
        assert "locked: cannot be listed (Permission denied); left out" in caplog.text
