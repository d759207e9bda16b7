"""Image files and photos in memory: read, measure, check, write and find them."""

from smilecascade.images.arrays import check_rgb
from smilecascade.images.decode import MAX_PIXELS, read, read_bytes, size
from smilecascade.images.files import PHOTO_SUFFIXES, WRITABLE_SUFFIXES, find_photos, save

__all__ = [
    "MAX_PIXELS",
    "PHOTO_SUFFIXES",
    "WRITABLE_SUFFIXES",
    "check_rgb",
    "find_photos",
    "read",
    "read_bytes",
    "save",
    "size",
]
