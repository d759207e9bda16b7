"""What covers hide: everything under them, for good."""

import numpy as np
import pytest

from smilecascade.errors import MaskError
from smilecascade.express import EMOTIONS, Expression
from smilecascade.mask import STYLES, Cover
from smilecascade.mask.emoji import emoji, require_emojis
from smilecascade.mask.pictures import smiley
from smilecascade.mask.styles import CELLS, hidden
from smilecascade.mipmaps import Pixels

COVER = Cover(box=(40.0, 30.0, 98.0, 107.0), roll=20.0, score=0.9)


def has_emojis() -> bool:
    try:
        require_emojis()
    except MaskError:
        return False
    return True


DRAWN = [name for name in STYLES if name != "emoji" or has_emojis()]


def noise(seed: int, size: tuple[int, int] = (160, 140)) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)


def inside(cover: Cover, name: str, canvas: Pixels) -> np.ndarray:
    """Which pixels are covered whole."""
    outline = STYLES[name].outline(cover)
    mask = np.zeros(canvas.shape[:2], np.bool_)
    x1, y1, x2, y2 = place = outline.region(canvas)
    mask[y1:y2, x1:x2] = outline.coverage(place) == 1
    return mask


@pytest.mark.parametrize("name", [name for name in DRAWN if name not in ("blur", "pixels")])
def test_what_is_under_a_cover_makes_no_difference(name: str) -> None:
    first, second = noise(1), noise(2)
    covered = inside(COVER, name, first)
    assert covered.sum() > 1.2 * 58 * 77
    assert (
        hidden(first, [COVER], STYLES[name])[covered] == hidden(second, [COVER], STYLES[name])[covered]
    ).all()


@pytest.mark.parametrize("name", ["blur", "pixels"])
def test_of_blur_and_pixels_a_few_means_are_left(name: str) -> None:
    """Two faces of the same means cannot be told apart, so neither of them can be brought back."""
    first = noise(1)
    x1, y1, x2, y2 = STYLES[name].outline(COVER).region(first)
    second = first.copy()
    columns, rows = (np.linspace(low, high, CELLS + 1) for low, high in ((x1, x2), (y1, y2)))
    random = np.random.default_rng(3)
    for top, bottom in zip(np.ceil(rows[:-1]).astype(int), np.floor(rows[1:]).astype(int), strict=True):
        for left, right in zip(
            np.ceil(columns[:-1]).astype(int), np.floor(columns[1:]).astype(int), strict=True
        ):
            cell = second[top:bottom, left:right].reshape(-1, 3)
            second[top:bottom, left:right] = random.permutation(cell).reshape(bottom - top, right - left, 3)
    covered = inside(COVER, name, first)
    assert (first[covered] != second[covered]).mean() > 0.9
    here, there = (hidden(image, [COVER], STYLES[name])[covered].astype(int) for image in (first, second))
    assert np.abs(here - there).max() <= 2  # means are rounded twice


def test_pixels_are_at_most_eight_across() -> None:
    ramp = np.zeros((400, 400, 3), np.uint8)
    ramp[..., 0] = np.arange(400) // 2
    cover = Cover(box=(120, 100, 207, 215))
    row = hidden(ramp, [cover], STYLES["pixels"])[150, :, 0][inside(cover, "pixels", ramp)[150]]
    assert len(set(row.tolist())) <= CELLS


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_else_is_touched(name: str) -> None:
    image = noise(1)
    before = image.copy()
    result = hidden(image, [COVER], STYLES[name])
    assert (image == before).all()
    outline = STYLES[name].outline(COVER)
    x, y = np.meshgrid(np.arange(160) + 0.5 - outline.x, np.arange(140) + 0.5 - outline.y)
    beyond = np.hypot(x, y) > outline.reach
    assert (result[beyond] == image[beyond]).all()


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize(
    "box", [(-20, -30, 30, 40), (150, 130, 200, 190), (-500, 0, -400, 100), (0, 0, 1, 1), (70, 60, 70.5, 61)]
)
def test_covers_at_and_beyond_the_border(name: str, box: tuple[float, ...]) -> None:
    image = noise(1)
    assert hidden(image, [Cover(box=box)], STYLES[name]).shape == image.shape


@pytest.mark.parametrize("name", DRAWN)
def test_no_covers_and_no_pixels(name: str) -> None:
    image = noise(1)
    copy = hidden(image, [], STYLES[name])
    assert (copy == image).all()
    assert not np.shares_memory(copy, image)
    assert hidden(image[:0], [COVER], STYLES[name]).shape == (0, 160, 3)


def test_the_surest_cover_lies_on_top() -> None:
    sad, glad = (Expression.of(**{name: 1.0}) for name in ("sadness", "happiness"))
    image, box = noise(1), COVER.box
    sure = Cover(box=box, score=0.99, expression=glad)
    doubtful = Cover(box=box, score=0.5, expression=sad)
    style = STYLES["smiley"]
    assert (hidden(image, [sure, doubtful], style) == hidden(image, [sure], style)).mean() > 0.97


@pytest.mark.parametrize("name", [name for name in ("smiley", "emoji") if name in DRAWN])
def test_an_expression_is_shown(name: str) -> None:
    pictures = [
        hidden(noise(1), [Cover(box=COVER.box, expression=Expression.of(**{mood: 1.0}))], STYLES[name])
        for mood in ("happiness", "anger", "surprise")
    ]
    for first, second in zip(pictures, pictures[1:] + pictures[:1], strict=True):
        assert np.abs(first.astype(int) - second).max() > 80


@pytest.mark.parametrize("mood", EMOTIONS)
def test_nothing_shows_through_a_smiley(mood: str) -> None:
    from smilecascade.mask.pictures import DRAWN_DISC

    for side in (16, 100, 400):
        picture = smiley(Expression.of(**{mood: 1.0}), side)
        size = picture.shape[0]
        x = np.arange(size) + 0.5 - size / 2
        disc = np.hypot(x[None, :], x[:, None]) < DRAWN_DISC * size / 2 - 1
        assert picture[..., 3][disc].min() >= 254


def test_an_emoji_needs_a_font(monkeypatch: pytest.MonkeyPatch) -> None:
    from smilecascade.mask import emoji as module

    def missing(*_: object) -> None:
        raise OSError("cannot open resource")

    monkeypatch.setattr(module.ImageFont, "truetype", missing)
    module._font.cache_clear()
    with pytest.raises(
        MaskError, match=r"no font of coloured emojis .*; install one, .* or cover with 'smiley'"
    ):
        require_emojis()


@pytest.mark.skipif(not has_emojis(), reason="no font of emojis is installed")
def test_an_emoji_is_a_picture_in_colours() -> None:
    picture = emoji(Expression.of(happiness=1.0))
    assert picture.shape[0] == picture.shape[1] >= 64
    assert np.ptp(picture[..., :3], axis=2).max() > 100
