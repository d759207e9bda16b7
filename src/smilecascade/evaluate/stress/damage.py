"""What spoils the pixels of a photo and leaves everything in its place."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageFilter

from smilecascade.mipmaps import Pixels

#: Exponent by which pixels stand for light (sRGB, nearly).
GAMMA = 2.2


def blurred(image: Pixels, sigma: float) -> Pixels:
    """Blurred by a Gaussian of this standard deviation, pixels; 0 leaves it as it is."""
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(sigma)))


def compressed(image: Pixels, quality: int) -> Pixels:
    """Through a JPEG of this quality, 1..100."""
    file = BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    with Image.open(file) as photo:
        return np.asarray(photo.convert("RGB"))


def darkened(image: Pixels, stops: float) -> Pixels:
    """With so many times half the light, as eight bits then hold it."""
    darker: Pixels = np.rint(image * 2.0 ** (-stops / GAMMA)).astype(np.uint8)
    return darker


def noisy(image: Pixels, deviation: float, generator: np.random.Generator) -> Pixels:
    """With Gaussian noise of this standard deviation, of 255, on each colour of each pixel."""
    noise = generator.normal(0, deviation, image.shape) if deviation else 0
    disturbed: Pixels = np.rint(image + noise).clip(0, 255).astype(np.uint8)
    return disturbed
