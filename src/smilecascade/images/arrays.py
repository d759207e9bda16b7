"""What a photo is in memory, and what to tell those who pass something else."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def check_rgb(image: object) -> Pixels:
    """The same array, if it is a photo: uint8 (H, W, 3), of zero area too; it is never copied.

    Read-only arrays, views and arrays with negative strides are fine. Raises TypeError for what is
    no array or no uint8, ValueError for another shape; both say how to convert it.
    """
    if not isinstance(image, np.ndarray):
        raise TypeError(f"Expected an RGB photo as a uint8 array (height, width, 3), got {_described(image)}")
    if image.dtype != np.uint8:
        raise TypeError(f"Expected uint8 values 0..255, got {image.dtype}{_to_uint8(image)}")
    if image.ndim != 3 or image.shape[2] != 3:
        raise ValueError(f"Expected shape (height, width, 3), got {image.shape}: {_to_rgb(image.shape)}")
    return image


def _described(image: object) -> str:
    if isinstance(image, str | bytes | os.PathLike):
        return f"{type(image).__name__}: read the photo first, with smilecascade.images.read(path)"
    if isinstance(image, Image.Image):
        return f"a Pillow image of mode {image.mode}: convert it with np.asarray(image.convert('RGB'))"
    return f"{type(image).__name__}: convert it with np.asarray(image)"


def _to_uint8(image: NDArray[np.generic]) -> str:
    if image.dtype.kind == "b":
        return ": convert with .astype(np.uint8) * 255"
    if image.dtype.kind not in "iuf":
        return ": these are not grey values; read the photo anew"
    if image.size == 0:
        return ": convert with .astype(np.uint8)"
    if not np.isfinite(image).all():
        return " with NaN or infinite values: mend those first, then convert to uint8"
    low, high = image.min(), image.max()
    return f" in {low:g}..{high:g}: {_scaling(image.dtype.kind, float(high))}"


def _scaling(kind: str, high: float) -> str:
    if kind == "f" and high <= 1:
        return "multiply by 255 and convert with .astype(np.uint8)"
    if high > 255:
        return "divide by 257, if white is 65535, and convert with .astype(np.uint8)"
    return "convert with .clip(0, 255).astype(np.uint8)"


def _to_rgb(shape: tuple[int, ...]) -> str:
    if len(shape) == 2:
        return "grey; convert with np.repeat(image[..., None], 3, axis=2)"
    if len(shape) == 4:
        return "several photos; pass them one by one, or to detect_many"
    if len(shape) == 3 and shape[2] == 1:
        return "grey; convert with np.repeat(image, 3, axis=2)"
    if len(shape) == 3 and shape[2] == 4:
        return "four channels; drop alpha with image[..., :3]"
    if len(shape) == 3 and shape[0] in (1, 3):
        return "channels come first; convert with image.transpose(1, 2, 0)"
    return "an RGB photo has three channels, the last dimension"
