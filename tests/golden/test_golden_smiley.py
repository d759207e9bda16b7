"""What we draw as pixels is what others draw from our SVG."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import resvg_py
from PIL import Image

from smilecascade.express import EMOTIONS, Expression, FaceShape, face_of, to_pixels, to_svg
from smilecascade.express.face import RANGES

of = Expression.of
SHARES = np.random.default_rng(8).dirichlet([0.5] * len(EMOTIONS), 6)
SMILEYS = [
    *(of(**{name: 1.0}) for name in EMOTIONS),
    *(of(**{name: 0.5}) for name in EMOTIONS[1:]),
    *(of(**dict(zip(EMOTIONS, shares, strict=True))) for shares in SHARES),
    of(happiness=0.6, eyes_closed=(1.0, 0.2)),
    of(sadness=0.6, eyes_closed=(0.9, 0.7)),
]


def rendered(svg: str) -> np.ndarray:
    """What resvg makes of it, in 0..255, multiplied by its opacity."""
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))
    return multiplied(np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")))


def multiplied(pixels: np.ndarray) -> np.ndarray:
    return pixels * (pixels[..., 3:] / 255)


# Resvg's own edges have few shades: small pictures, which are mostly edges, differ most.
@pytest.mark.parametrize(("size", "limit"), [(16, 4.0), (64, 1.5), (256, 0.6)])
def test_svg_looks_like_the_pixels(size: int, limit: float) -> None:
    for number, expression in enumerate(SMILEYS):
        face, roll = face_of(expression), 37 * number % 360 - 180
        differences = np.abs(multiplied(to_pixels(face, size, roll)) - rendered(to_svg(face, size, roll)))
        assert differences.mean() < limit, expression


def test_svg_looks_like_the_pixels_of_faces_that_nobody_makes() -> None:
    random = np.random.default_rng(9)
    for _ in range(10):
        face = FaceShape(**{name: random.uniform(*limits) for name, limits in RANGES.items()})
        differences = np.abs(multiplied(to_pixels(face, 128)) - rendered(to_svg(face, 128)))
        assert differences.mean() < 1.2, face


def test_the_picture_in_the_documentation_is_what_is_drawn(root: Path, tmp_path: Path) -> None:
    kept, now = root / "docs" / "images" / "smileys.svg", tmp_path / "smileys.svg"
    subprocess.run([sys.executable, root / "tools" / "smileys.py", now], check=True)
    differences = np.abs(rendered(kept.read_text("utf-8")) - rendered(now.read_text("utf-8")))
    assert differences.max() < 8, "run: python tools/smileys.py"
    assert kept.stat().st_size < 150_000
