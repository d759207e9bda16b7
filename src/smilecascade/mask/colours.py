"""Colours as everybody takes them: a photo in another space than sRGB looks pale without its profile."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from smilecascade.images.formats import SIGNATURE_BYTES, opener
from smilecascade.mipmaps import Pixels


def in_srgb(image: Pixels, path: Path) -> Pixels:
    """RGB uint8 (H, W, 3), read from this file, with the colours that the profile in the file means.

    The same array where there is no profile, one that is not of RGB, or one that cannot be used: a copy
    that is a little pale is better than none.
    """
    profile = _profile(path)
    if profile is None:
        return image
    try:
        source, target = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        if source.profile.xcolor_space.strip() != "RGB":
            return image
        converted = ImageCms.profileToProfile(Image.fromarray(image), source, target)
    except (ImageCms.PyCMSError, ImportError, OSError, ValueError):
        return image
    assert converted is not None
    return np.asarray(converted)


def _profile(path: Path) -> bytes | None:
    """The colour profile in the head of a photo that has been read already."""
    with path.open("rb") as file:
        start = file.read(SIGNATURE_BYTES)
        file.seek(0)
        with opener(start, str(path))(file, str(path)) as image:
            profile = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) else None
