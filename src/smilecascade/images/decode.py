"""The one reader of image files: whatever lies in the file, RGB uint8 comes out, upright.

Pillow decodes. Its openers are called one by one instead of through ``PIL.Image.open``: the
size is then known, and refused, before a pixel is decoded; Pillow's own limit, which is global
to the process, stays as the user has it; and only the formats named here are ever tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, TiffImagePlugin

from smilecascade.errors import ImageError
from smilecascade.images.arrays import Pixels
from smilecascade.images.formats import SIGNATURE_BYTES, opener

#: The largest photo that is read, in pixels: decoding and searching it stay within 1 GB.
MAX_PIXELS = 50_000_000

#: Grey of more than 8 bits. What stands for white is known for 16-bit files alone.
_GREY_16 = frozenset(["I;16", "I;16L", "I;16B", "I;16N"])
_GREY_32 = frozenset(["I", "F"])
_DEEP_GREY = _GREY_16 | _GREY_32
_CUSTOMARY_WHITES = {"F": (1.0, 255.0, 65535.0, 2.0**31 - 1), "I": (255.0, 65535.0, 2.0**31 - 1)}

#: Pixels converted at a time, so that no conversion ever needs a second copy of the photo.
_BAND_PIXELS = 1 << 20

#: Where the stored rows and columns lie in the upright photo, by EXIF orientation (Exif 2.32,
#: tag 274); a missing or unknown one is upright.
_STORED: dict[object, Callable[[Pixels], Pixels]] = {
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: upright.swapaxes(0, 1)[::-1],
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: upright.swapaxes(0, 1)[:, ::-1],
}
_SIDEWAYS = (5, 6, 7, 8)


def read(path: Path, *, max_pixels: int = MAX_PIXELS) -> Pixels:
    """The photo in a file: RGB uint8 (H, W, 3), turned upright by its EXIF orientation.

    Reads JPEG (MPO too), PNG, WebP, GIF, BMP, TIFF, AVIF, JPEG 2000, PBM, PGM and PPM, as far as
    the installed Pillow was built with them. Of an animation or of several pages the first is
    taken. Transparent parts become white, as in a portrait in front of a wall: black would swallow
    the outline of dark hair. Grey of more than 8 bits is scaled so that white becomes 255; 32-bit
    grey does not say what white is, so it is the least of 1 (floats only), 255, 65535 and 2³¹ − 1
    that no value exceeds; NaN and negative values are black.

    Beside the decoded photo, only the array that is returned takes memory in proportion to it.

    Raises ImageError where the file is missing, empty, not a photo, broken, truncated, or has more
    than ``max_pixels`` pixels, which its header tells before anything is decoded.
    """
    with _opened(path) as file:
        return _read(file, str(path), max_pixels)


def read_bytes(data: bytes, name: str, *, max_pixels: int = MAX_PIXELS) -> Pixels:
    """The photo in these bytes of a file, as ``read`` gives it; ``name`` stands for the path in errors."""
    return _read(BytesIO(data), name, max_pixels)


def size(path: Path) -> tuple[int, int]:
    """Width and height of the photo in a file, in pixels, upright: those of what ``read`` gives.

    Only the header is read and no pixel decoded, so that there is no limit to the size, and a photo
    that breaks off later has one too. An orientation that a PNG holds behind its pixels is not seen.

    Raises ImageError, as ``read`` does, where the file is missing, empty, not a photo, or its header
    is broken.
    """
    with _opened(path) as file, _header(file, str(path)) as image:
        width, height = _stored_size(image)
        return (height, width) if _orientation(image) in _SIDEWAYS else (width, height)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    path = Path(path)
    if path.is_dir():
        raise ImageError(f"{path}: is a folder; name a photo in it")
    try:
        if path.exists() and not path.is_file():
            raise ImageError(f"{path}: is not an ordinary file; name a photo")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise ImageError(f"{path}: there is no such file; check the path") from None
    except (OSError, ValueError) as error:
        raise ImageError(
            f"{path}: cannot be opened ({reason(error)}); check the path and its rights"
        ) from error


@contextmanager
def _header(file: BinaryIO, name: str) -> Iterator[Image.Image]:
    """The photo before its pixels are decoded; what fails inside the block is an ImageError too."""
    open_header = opener(file.read(SIGNATURE_BYTES), name)
    file.seek(0)
    try:
        with open_header(file, name) as image:
            yield image
    except ImageError:
        raise
    # Decoders fail on broken files with whatever exception their code happens to raise.
    except Exception as error:
        raise ImageError(f"{name}: {_damage(error)}") from error


def _read(file: BinaryIO, name: str, max_pixels: int) -> Pixels:
    with _header(file, name) as image:
        _check_size(image.size, name, max_pixels)
        image.load()
        return _upright(image)


def _check_size(size: tuple[int, int], name: str, max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise ImageError(
            f"{name}: {width}x{height} = {width * height:,} pixels are over the limit of {max_pixels:,}; "
            "shrink the photo first"
        )


def _damage(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory to decode it; shrink the photo first"
    cause = reason(error)
    if "truncated" in cause.lower():
        return "is truncated: the file ends before the picture does; copy or download it again"
    return f"is broken ({cause}); copy or download it again, or convert it to JPEG"


def _upright(image: Image.Image) -> Pixels:
    orientation = _orientation(image)
    width, height = image.size
    upright = np.empty((width, height, 3) if orientation in _SIDEWAYS else (height, width, 3), np.uint8)
    stored = _STORED[orientation](upright) if orientation in _STORED else upright
    white = _white(image)
    for top, band in _bands(image):
        stored[top : top + band.height] = _rgb(band, white)
    return upright


def _stored_size(image: Image.Image) -> tuple[int, int]:
    # Of a TIFF that lies on its side, some versions of Pillow give the upright size already.
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return image.tag_v2[ExifTags.Base.ImageWidth], image.tag_v2[ExifTags.Base.ImageLength]
    return image.size


def _orientation(image: Image.Image) -> object:
    try:
        # The method that PNG has of its own decodes the photo where the header holds no EXIF data.
        return Image.Image.getexif(image).get(ExifTags.Base.Orientation)
    # Broken EXIF data raise anything; a photo is worth reading without them.
    except Exception:
        return None


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    rows = max(1, _BAND_PIXELS // max(1, image.width))
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(top + rows, image.height)))


def _rgb(band: Image.Image, white: float) -> Pixels:
    if band.mode in _DEEP_GREY:
        return _from_deep_grey(np.asarray(band), white)
    if band.has_transparency_data:
        return _on_white(np.asarray(band.convert("RGBA")))
    return np.asarray(band if band.mode == "RGB" else band.convert("RGB"))


def _on_white(rgba: Pixels) -> Pixels:
    alpha = rgba[..., 3:].astype(np.uint16)
    blended: Pixels = ((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    return blended


def _from_deep_grey(values: NDArray[np.generic], white: float) -> Pixels:
    grey = np.nan_to_num(values.astype(np.float64)).clip(0, white) * (255 / white)
    return np.rint(grey).astype(np.uint8)[..., None]


def _white(image: Image.Image) -> float:
    """The value of white in grey of more than 8 bits."""
    # Before version 11, Pillow opened 16-bit PNG in mode I; PGM still comes so.
    if image.mode not in _GREY_32 or image.format in ("PNG", "PPM"):
        return 65535.0
    bands = (np.asarray(band) for _, band in _bands(image))
    brightest = max((float(np.max(band, initial=0, where=np.isfinite(band))) for band in bands), default=0.0)
    return next((white for white in _CUSTOMARY_WHITES[image.mode] if brightest <= white), brightest)


def reason(error: Exception) -> str:
    """What an error says, in one line, without number and path."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return " ".join(text.split()) or type(error).__name__
