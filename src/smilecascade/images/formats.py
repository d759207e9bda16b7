"""Which image files are read: told by their first bytes, opened without decoding a pixel."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from smilecascade.errors import ImageError

try:
    from PIL.AvifImagePlugin import AvifImageFile
except ImportError:  # Pillow reads AVIF from 11.3 on
    AvifImageFile = None  # type: ignore[assignment,misc]

Opener = Callable[[BinaryIO, str], ImageFile.ImageFile]

#: How many of the first bytes of a file ``opener`` needs.
SIGNATURE_BYTES = 16


class _Format(NamedTuple):
    name: str
    signature: re.Pattern[bytes]
    opener: Opener | None


#: The formats that are read, by the first bytes of the file. The plain JPEG opener also takes
#: MPO, whose first picture is an ordinary JPEG, and is not stopped by a broken index of the rest.
#: Left out on purpose: containers of several sizes (ICO, ICNS) and formats that run programs (EPS).
_FORMATS = (
    _Format("JPEG", re.compile(rb"\xff\xd8\xff"), JpegImagePlugin.JpegImageFile),
    _Format("PNG", re.compile(rb"\x89PNG\r\n\x1a\n"), PngImagePlugin.PngImageFile),
    _Format("WebP", re.compile(rb"RIFF....WEBP", re.DOTALL), WebPImagePlugin.WebPImageFile),
    _Format("GIF", re.compile(rb"GIF8[79]a"), GifImagePlugin.GifImageFile),
    _Format("BMP", re.compile(rb"BM"), BmpImagePlugin.BmpImageFile),
    _Format("TIFF", re.compile(rb"II[*+]\0|MM\0[*+]"), TiffImagePlugin.TiffImageFile),
    _Format("AVIF", re.compile(rb"....ftypavi[fs]", re.DOTALL), AvifImageFile),
    _Format(
        "JPEG 2000",
        re.compile(rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  \r\n\x87\n"),
        Jpeg2KImagePlugin.Jpeg2KImageFile,
    ),
    _Format("PBM, PGM or PPM", re.compile(rb"P[1-6]\s"), PpmImagePlugin.PpmImageFile),
)
_HEIC = re.compile(rb"....ftyp(hei|hev|mif|msf)", re.DOTALL)


def opener(start: bytes, name: str) -> Opener:
    """The call that opens a file which starts with these bytes, reading its header only.

    Raises ImageError, with ``name`` for the file, where there are no bytes or no known format.
    """
    if not start:
        raise ImageError(f"{name}: is empty; copy or download it again")
    for kind in _FORMATS:
        if kind.signature.match(start):
            if kind.opener is None:
                raise ImageError(
                    f"{name}: this Pillow cannot read {kind.name}; update Pillow or convert it to JPEG"
                )
            return kind.opener
    if _HEIC.match(start):
        raise ImageError(f"{name}: is a HEIC photo, which cannot be read; convert it to JPEG")
    known = ", ".join(kind.name for kind in _FORMATS)
    raise ImageError(f"{name}: is not a photo that can be read ({known}); convert it to JPEG")
