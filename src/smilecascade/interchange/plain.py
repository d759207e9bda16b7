"""What files hold: names that fit a line, numbers without a tail of digits, not too much to read whole."""

from __future__ import annotations

from math import isfinite
from pathlib import Path, PurePosixPath
from typing import Any

from smilecascade.datasets.backgrounds import SUFFIXES
from smilecascade.datasets.coco import MAX_BYTES
from smilecascade.errors import DatasetError
from smilecascade.geometry.boxes import Box

#: Digits after the point: FDDB writes six, and float32 holds no more of a coordinate.
DECIMALS = 6


def number(value: float) -> str:
    """A finite number with at most ``DECIMALS`` digits after the point, and no zeros at their end."""
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def score_text(value: float) -> str:
    """A score with nine digits: all of a float32, since sure detections differ in the last alone."""
    return f"{value:.9g}"


def corner_and_size(box: Box) -> str:
    """A box as x, y, width and height."""
    x1, y1, x2, y2 = box
    return " ".join(map(number, (x1, y1, x2 - x1, y2 - y1)))


def are_finite(values: Any, count: int) -> bool:
    """Whether a value of a JSON file is a list of so many finite numbers."""
    if not isinstance(values, list) or len(values) != count:
        return False
    if any(isinstance(value, bool) or not isinstance(value, (int, float)) for value in values):
        return False
    try:
        return all(map(isfinite, values))
    except OverflowError:  # a whole number beyond what a float holds
        return False


def line(name: str) -> str:
    """A name that is alone on a line; DatasetError where no reader would get the same one back."""
    if not name or name != name.strip() or not name.isprintable():
        raise DatasetError(f"{name!r}: this name does not fit a line of text; rename the photo")
    return name


def without_suffix(name: str) -> str:
    """The name of a photo without its suffix; one that is of no photo stays."""
    path = PurePosixPath(name)
    return name[: -len(path.suffix)] if path.suffix.lower() in SUFFIXES else name


def below(folder: Path, name: str) -> Path:
    """Where a file of this name lies below ``folder``; DatasetError for a name that leads out of it."""
    path = folder / name.replace("\\", "/")
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):  # a zero byte
        inside = False
    if not inside:
        raise DatasetError(f"{name!r}: leads out of {folder}; names must be relative (try --root)")
    return path


def bounded(path: Path) -> Path:
    """The path of a file that is not too large to be read whole; DatasetError where it is."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror})") from None
    if size > MAX_BYTES:
        raise DatasetError(f"{path}: is larger than {MAX_BYTES >> 20} MB; split it")
    return path
