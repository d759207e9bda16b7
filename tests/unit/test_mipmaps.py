import numpy as np
import pytest
from PIL import Image

from smilecascade.mipmaps import BEYOND, Mipmaps
from smilecascade.sheets import laid_out


@pytest.fixture
def photo() -> np.ndarray:
    """Noise: every pixel differs from its neighbours, so that a shift by one shows."""
    return np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def smooth(height: int, width: int) -> np.ndarray:
    """Brightness rises across, and down."""
    across, down = np.linspace(0, 120, width), np.linspace(0, 120, height)
    grey = across[None, :] + down[:, None]
    return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)


def square(x: float, y: float, side: float) -> np.ndarray:
    return np.array([[x, y, x + side, y + side]], np.float32)


@pytest.mark.parametrize(("x", "y", "size"), [(0, 0, 12), (48, 28, 12), (7, 3, 24), (5, 9, 31), (20, 0, 40)])
def test_a_crop_of_its_own_size_is_the_photo_itself(photo: np.ndarray, x: int, y: int, size: int) -> None:
    cut = Mipmaps(photo).crops(square(x, y, size), size)
    np.testing.assert_array_equal(cut[0, ..., :3], photo[y : y + size, x : x + size])


def test_crops_come_in_the_order_of_their_squares(photo: np.ndarray) -> None:
    places = [(7, 3), (0, 0), (30, 20), (7, 3)]
    squares = np.concatenate([square(x, y, 12) for x, y in places])
    wanted = np.stack([photo[y : y + 12, x : x + 12] for x, y in places])
    np.testing.assert_array_equal(Mipmaps(photo).crops(squares, 12)[..., :3], wanted)


def test_crops_of_different_sizes_share_a_batch() -> None:
    grey = smooth(200, 300)
    squares = np.concatenate([square(10, 10, 12), square(20, 30, 150), square(5, 5, 6), square(100, 90, 40)])
    together = Mipmaps(grey).crops(squares, 12)
    for row, alone in enumerate(squares):
        np.testing.assert_array_equal(
            together[row, ..., :3], Mipmaps(grey).crops(alone[None], 12)[0, ..., :3]
        )


BEYOND_THE_BORDER = [(-5, 0), (0, -5), (-5, -5), (52, 0), (0, 33), (52, 33), (-500, 20)]


@pytest.mark.parametrize(("x", "y"), BEYOND_THE_BORDER)
def test_beyond_the_border_all_is_grey(photo: np.ndarray, x: int, y: int) -> None:
    wide = np.pad(photo, ((600, 600), (600, 600), (0, 0)), constant_values=BEYOND)
    np.testing.assert_array_equal(
        Mipmaps(photo).crops(square(x, y, 12), 12)[0, ..., :3], wide[600 + y : 612 + y, 600 + x : 612 + x]
    )


@pytest.mark.parametrize(("x", "y"), BEYOND_THE_BORDER)
def test_beyond_the_border_edge_pixels_repeat_if_wanted(photo: np.ndarray, x: int, y: int) -> None:
    rows, columns = np.clip(np.arange(y, y + 12), 0, 39), np.clip(np.arange(x, x + 12), 0, 59)
    cut = Mipmaps(photo).crops(square(x, y, 12), 12, repeat_edges=True)
    np.testing.assert_array_equal(cut[0, ..., :3], photo[rows[:, None], columns[None, :]])


@pytest.mark.parametrize("side", [6, 12, 24, 48, 96])
def test_a_crop_half_beyond_the_photo_is_half_grey(side: int) -> None:
    white = np.full((200, 300, 3), 255, np.uint8)
    cut = Mipmaps(white).crops(square(-side / 2, 60, side), 12)[0, ..., :3]
    assert (cut[:, :6] == BEYOND).all()
    assert (cut[:, 6:] == 255).all()


def test_no_squares_give_no_crops(photo: np.ndarray) -> None:
    cut = Mipmaps(photo).crops(np.zeros((0, 4), np.float32), 24)
    assert cut.shape == (0, 24, 24, 4)
    assert cut.dtype == np.uint8


@pytest.mark.parametrize("side", [6, 12, 24, 48, 96, 190])
def test_a_crop_shows_the_middle_of_its_square(side: int) -> None:
    grey = smooth(200, 300)
    x, y = 80.0, 5.0
    cut = Mipmaps(grey).crops(square(x, y, side), 12)[0, ..., :3]
    expected = 120 * (x + side / 2 - 0.5) / 299 + 120 * (y + side / 2 - 0.5) / 199
    assert cut.mean() == pytest.approx(expected, abs=1 + side / 100)


def test_a_shrunk_crop_is_a_mean_of_pixels_not_a_choice(photo: np.ndarray) -> None:
    cut = Mipmaps(photo).crops(square(8, 4, 24), 12)[0]
    means = photo[4:28, 8:32].reshape(12, 2, 12, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(cut[..., :3], means, atol=1)


def test_a_crop_of_few_pixels_comes_from_the_doubled_photo(photo: np.ndarray) -> None:
    doubled = np.asarray(Image.fromarray(photo).resize((120, 80), Image.Resampling.BILINEAR))
    cut = Mipmaps(photo).crops(square(10, 6, 6), 12)[0]
    np.testing.assert_array_equal(cut[..., :3], doubled[12:24, 20:32])


@pytest.mark.parametrize(("x", "y"), [(-2, -3), (0, 0), (57, 37), (30, 36), (-50, 10), (70, 50)])
def test_few_pixels_at_the_border_are_doubled_likewise(photo: np.ndarray, x: int, y: int) -> None:
    doubled = np.asarray(Image.fromarray(photo).resize((120, 80), Image.Resampling.BILINEAR))
    rows, columns = (
        np.clip(np.arange(2 * y, 2 * y + 12), 0, 79),
        np.clip(np.arange(2 * x, 2 * x + 12), 0, 119),
    )
    cut = Mipmaps(photo).crops(square(x, y, 6), 12, repeat_edges=True)[0]
    np.testing.assert_array_equal(cut[..., :3], doubled[rows[:, None], columns[None, :]])


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 50), (50, 1), (2, 3)])
def test_tiny_and_thin_photos_give_crops(height: int, width: int) -> None:
    flat = np.full((height, width, 3), (10, 20, 30), np.uint8)
    mipmaps = Mipmaps(flat)
    for side in (1, 12, 500):
        cut = mipmaps.crops(square(-3, 0, side), 12, repeat_edges=True)
        np.testing.assert_array_equal(cut[..., :3], np.broadcast_to(flat[0, 0], (1, 12, 12, 3)))
    np.testing.assert_array_equal(mipmaps.resized(7, 5)[..., :3], np.broadcast_to(flat[0, 0], (5, 7, 3)))


@pytest.mark.parametrize("border", [0, 1, 3])
def test_a_resized_photo_has_a_grey_border_all_around(photo: np.ndarray, border: int) -> None:
    mipmaps = Mipmaps(photo)
    inner, outer = mipmaps.resized(30, 20), mipmaps.resized(30, 20, border=border)
    assert outer.shape == (20 + 2 * border, 30 + 2 * border, 4)
    middle = slice(border, border + 20), slice(border, border + 30)
    np.testing.assert_array_equal(outer[middle], inner)
    outer[middle] = BEYOND
    assert (outer == BEYOND).all()


def test_a_photo_resized_to_half_is_the_mean_of_its_pixels(photo: np.ndarray) -> None:
    means = photo.reshape(20, 2, 30, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(Mipmaps(photo).resized(30, 20)[..., :3], means, atol=1)


def test_rounding_favours_neither_dark_nor_bright(photo: np.ndarray) -> None:
    means = photo.reshape(20, 2, 30, 2, 3).mean(axis=(1, 3))
    assert (Mipmaps(photo).resized(30, 20)[..., :3] - means).mean() == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("size", [(640, 480), (641, 481), (225, 301), (639, 127)])
@pytest.mark.parametrize("shrinkage", [1.4, 4.0, 11.3])
def test_a_resized_photo_stays_in_place(size: tuple[int, int], shrinkage: float) -> None:
    """A block near the right and lower edge, where an error of scale shows most."""
    width, height = size
    image = np.zeros((height, width, 3), np.uint8)
    image[height - 50 : height - 30, width - 70 : width - 40] = 255
    small_width, small_height = round(width / shrinkage), round(height / shrinkage)
    small = Mipmaps(image).resized(small_width, small_height)[:, :, 0].astype(float)
    x = (small.sum(0) @ (np.arange(small_width) + 0.5)) / small.sum() * width / small_width
    y = (small.sum(1) @ (np.arange(small_height) + 0.5)) / small.sum() * height / small_height
    assert (x, y) == pytest.approx((width - 55, height - 40), abs=0.25 * shrinkage)


def test_a_sheet_shows_the_photo_on_every_tile() -> None:
    mipmaps, sizes = Mipmaps(smooth(480, 640)), ((96, 72), (68, 51), (48, 36), (34, 25), (24, 18))
    sheet = laid_out(sizes, border=3, cell=4)
    picture, empty = mipmaps.laid(sheet), np.ones((sheet.height, sheet.width), bool)
    assert picture.shape == (sheet.height, sheet.width, 4)
    places = zip(sheet.tops, sheet.lefts, sheet.heights, sheet.widths, strict=True)
    for (width, height), (top, left, rows, columns) in zip(sizes, places, strict=True):
        tile = slice(top, top + rows), slice(left, left + columns)
        np.testing.assert_array_equal(picture[tile], mipmaps.resized(width, height, border=3))
        empty[tile] = False
    assert (picture[empty] == BEYOND).all()


@pytest.mark.parametrize("size", [(480, 640), (481, 641), (37, 53), (301, 225), (16, 4), (4, 16)])
@pytest.mark.parametrize("level", [1, 2])
def test_halvings_are_means_of_two_by_two(size: tuple[int, int], level: int) -> None:
    """As Pillow's reduce has them, but for rounding; where a side is odd, its last pixels stand alone."""
    photo = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    image = Image.fromarray(photo)
    for _ in range(level):
        image = image.reduce(2)
    wanted = np.asarray(image)
    height, width = wanted.shape[:2]
    side = max(height, width)
    found = Mipmaps(photo).crops(square(0, 0, side * 2**level), side, repeat_edges=True)
    np.testing.assert_allclose(found[0, :height, :width, :3], wanted, atol=level)


def test_a_photo_stays_as_it_is(photo: np.ndarray) -> None:
    before = photo.copy()
    photo.flags.writeable = False
    mipmaps = Mipmaps(photo)
    mipmaps.crops(np.concatenate([square(0, 0, 6), square(0, 0, 12), square(0, 0, 39)]), 12)
    mipmaps.resized(20, 13, border=3)
    np.testing.assert_array_equal(photo, before)


def test_views_serve_as_photos(photo: np.ndarray) -> None:
    turned = photo[::-1, ::2]
    cut = Mipmaps(turned).crops(square(3, 4, 12), 12)[0]
    np.testing.assert_array_equal(cut[..., :3], turned[4:16, 3:15])
