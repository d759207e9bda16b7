"""Pictures on disk: written whole or not at all, and found in folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from logging import getLogger
from pathlib import Path
from uuid import uuid4

from PIL import Image

from smilecascade.errors import ImageError
from smilecascade.images.arrays import Pixels, check_rgb
from smilecascade.images.decode import reason

#: Suffixes that ``find_photos`` takes for photos, in lower case.
PHOTO_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in (
        *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "webp", "gif", "bmp", "tif", "tiff"),
        *("avif", "jp2", "j2k", "pbm", "pgm", "ppm", "pnm"),
    )
)

_WRITERS: dict[str, tuple[str, dict[str, int]]] = {
    # Full colour resolution: thin coloured lines blur without it.
    ".jpg": ("JPEG", {"quality": 92, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 92, "subsampling": 0}),
    ".png": ("PNG", {}),
    ".webp": ("WEBP", {"quality": 92}),
}

#: Suffixes that ``save`` writes, in lower case.
WRITABLE_SUFFIXES = tuple(_WRITERS)


def save(image: Pixels, path: Path) -> None:
    """Write RGB uint8 (H, W, 3) as JPEG, PNG or WebP, whichever the suffix says.

    The file is written beside its place and renamed, so that no half of a picture is ever seen
    there. Raises ValueError for another suffix, ImageError where the picture cannot be written.
    """
    check_rgb(image)
    path = Path(path)
    if path.suffix.lower() not in _WRITERS:
        raise ValueError(f"{path}: expected a name that ends in {', '.join(_WRITERS)}, got {path.suffix!r}")
    if image.size == 0:
        raise ImageError(f"{path}: a picture without pixels cannot be written; leave it out")
    partial = path.with_name(f".{uuid4().hex}.partial")
    try:
        _write(image, partial, path.suffix.lower())
        partial.replace(path)
    except (OSError, ValueError) as error:
        raise ImageError(
            f"{path}: cannot be written ({reason(error)}); check the folder and its rights"
        ) from error
    finally:
        _remove(partial)


def find_photos(folder: Path) -> list[Path]:
    """The photos in a folder and in the folders below it, sorted by path; [] where there are none.

    A photo is a file whose name ends in one of ``PHOTO_SUFFIXES``. Names that begin with a dot
    are skipped, and so is every link that leads out of the folder; linked folders are not entered,
    since what lies below ``folder`` is found at its own place. A folder inside that cannot be
    listed is logged and left out. Raises ImageError where ``folder`` itself cannot be listed.
    """
    folder = Path(folder)
    try:
        root = folder.resolve(strict=True)
        next(folder.iterdir(), None)
    except (OSError, ValueError) as error:
        raise ImageError(f"{folder}: cannot be listed ({reason(error)}); name a folder of photos") from error
    return sorted(path for path in _visible_files(folder) if _is_photo_within(path, root))


def _write(image: Pixels, path: Path, suffix: str) -> None:
    kind, options = _WRITERS[suffix]
    with path.open("xb") as file:
        Image.fromarray(image).save(file, kind, **options)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        getLogger(__name__).debug("%s: cannot be removed (%s)", path, error)


def _visible_files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, onerror=_log_unlisted):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(parent, name) for name in files if not name.startswith("."))


def _log_unlisted(error: OSError) -> None:
    getLogger(__name__).warning("%s: cannot be listed (%s); left out", error.filename, reason(error))


def _is_photo_within(path: Path, root: Path) -> bool:
    if path.suffix.lower() not in PHOTO_SUFFIXES or not path.is_file():
        return False
    return not path.is_symlink() or path.resolve().is_relative_to(root)
