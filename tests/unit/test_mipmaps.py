import numpy as np
import pytest
from PIL import Image

from smilecascade.mipmaps import DOUBLED_PIXELS, Mipmaps, Sheet


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
    np.testing.assert_array_equal(cut[0], photo[y : y + size, x : x + size])


def test_crops_come_in_the_order_of_their_squares(photo: np.ndarray) -> None:
    places = [(7, 3), (0, 0), (30, 20), (7, 3)]
    squares = np.concatenate([square(x, y, 12) for x, y in places])
    wanted = np.stack([photo[y : y + 12, x : x + 12] for x, y in places])
    np.testing.assert_array_equal(Mipmaps(photo).crops(squares, 12), wanted)


def test_crops_of_different_sizes_share_a_batch() -> None:
    grey = smooth(200, 300)
    squares = np.concatenate([square(10, 10, 12), square(20, 30, 150), square(5, 5, 6), square(100, 90, 40)])
    together = Mipmaps(grey).crops(squares, 12)
    for row, alone in enumerate(squares):
        np.testing.assert_array_equal(together[row], Mipmaps(grey).crops(alone[None], 12)[0])


@pytest.mark.parametrize(("x", "y"), [(-5, 0), (0, -5), (-5, -5), (52, 0), (0, 33), (52, 33), (-500, 20)])
def test_beyond_the_border_edge_pixels_repeat(photo: np.ndarray, x: int, y: int) -> None:
    rows, columns = np.clip(np.arange(y, y + 12), 0, 39), np.clip(np.arange(x, x + 12), 0, 59)
    np.testing.assert_array_equal(
        Mipmaps(photo).crops(square(x, y, 12), 12)[0], photo[rows[:, None], columns[None, :]]
    )


def test_no_squares_give_no_crops(photo: np.ndarray) -> None:
    cut = Mipmaps(photo).crops(np.zeros((0, 4), np.float32), 24)
    assert cut.shape == (0, 24, 24, 3)
    assert cut.dtype == np.uint8


@pytest.mark.parametrize("side", [6, 12, 24, 48, 96, 190])
def test_a_crop_shows_the_middle_of_its_square(side: int) -> None:
    grey = smooth(200, 300)
    x, y = 80.0, 5.0
    cut = Mipmaps(grey).crops(square(x, y, side), 12)[0]
    expected = 120 * (x + side / 2 - 0.5) / 299 + 120 * (y + side / 2 - 0.5) / 199
    assert cut.mean() == pytest.approx(expected, abs=1 + side / 100)


def test_a_shrunk_crop_is_a_mean_of_pixels_not_a_choice(photo: np.ndarray) -> None:
    cut = Mipmaps(photo).crops(square(8, 4, 24), 12)[0]
    means = photo[4:28, 8:32].reshape(12, 2, 12, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(cut, means, atol=0.6)


def test_a_crop_of_few_pixels_comes_from_the_doubled_photo(photo: np.ndarray) -> None:
    doubled = np.asarray(Image.fromarray(photo).resize((120, 80), Image.Resampling.BILINEAR))
    cut = Mipmaps(photo).crops(square(10, 6, 6), 12)[0]
    np.testing.assert_array_equal(cut, doubled[12:24, 20:32])


def test_large_photos_are_not_doubled() -> None:
    wide = np.zeros((1, DOUBLED_PIXELS + 1, 3), np.uint8)
    wide[:, 1::2] = 200
    cut = Mipmaps(wide).crops(square(0, 0, 6), 12)[0]
    assert set(np.unique(cut)) == {0, 200}


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 50), (50, 1), (2, 3)])
def test_tiny_and_thin_photos_give_crops(height: int, width: int) -> None:
    flat = np.full((height, width, 3), (10, 20, 30), np.uint8)
    mipmaps = Mipmaps(flat)
    for side in (1, 12, 500):
        cut = mipmaps.crops(square(-3, 0, side), 12)
        np.testing.assert_array_equal(cut, np.broadcast_to(flat[0, 0], (1, 12, 12, 3)))
    np.testing.assert_array_equal(mipmaps.resized(7, 5, border=2), np.broadcast_to(flat[0, 0], (9, 11, 3)))


@pytest.mark.parametrize("border", [0, 1, 3])
def test_a_resized_photo_has_its_border_all_around(photo: np.ndarray, border: int) -> None:
    mipmaps = Mipmaps(photo)
    inner, outer = mipmaps.resized(30, 20), mipmaps.resized(30, 20, border=border)
    assert outer.shape == (20 + 2 * border, 30 + 2 * border, 3)
    middle = slice(border, border + 20), slice(border, border + 30)
    np.testing.assert_array_equal(outer[middle], inner)
    corner = photo[0, 0]
    np.testing.assert_array_equal(outer[:border, :border], np.broadcast_to(corner, (border, border, 3)))
    assert (outer[:border, middle[1]] == outer[:1, middle[1]]).all()
    assert (outer[middle[0], -border:] == outer[middle[0], -1:]).all() or not border


def test_a_photo_resized_to_half_is_the_mean_of_its_pixels(photo: np.ndarray) -> None:
    means = photo.reshape(20, 2, 30, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(Mipmaps(photo).resized(30, 20), means, atol=1)


def test_rounding_favours_neither_dark_nor_bright(photo: np.ndarray) -> None:
    means = photo.reshape(20, 2, 30, 2, 3).mean(axis=(1, 3))
    assert (Mipmaps(photo).resized(30, 20) - means).mean() == pytest.approx(0, abs=0.05)


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


SIZES = [(96, 72), (68, 51), (48, 36), (34, 25), (24, 18)]


def tiles(sheets: list[Sheet]) -> dict[int, np.ndarray]:
    """The images of all sheets by their number in the pyramid."""
    return {
        int(scale): sheet.pixels[top : top + height, left : left + width]
        for sheet in sheets
        for scale, top, left, height, width in zip(
            sheet.scales, sheet.tops, sheet.lefts, sheet.heights, sheet.widths, strict=True
        )
    }


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("cell", [1, 4])
def test_sheets_hold_every_image_of_the_pyramid(count: int, cell: int) -> None:
    mipmaps = Mipmaps(smooth(480, 640))
    sheets = mipmaps.pyramid(SIZES[:count], border=3, cell=cell)
    laid = tiles(sheets)
    assert sorted(laid) == list(range(count))
    for scale, (width, height) in enumerate(SIZES[:count]):
        np.testing.assert_array_equal(laid[scale], mipmaps.resized(width, height, border=3))
    for sheet in sheets:
        assert all((edges % cell == 0).all() for edges in (sheet.tops, sheet.lefts))
        assert all(extent % cell == 0 for extent in sheet.pixels.shape[:2])


def test_tiles_of_a_sheet_do_not_overlap() -> None:
    for sheet in Mipmaps(smooth(480, 640)).pyramid(SIZES, border=3, cell=4):
        taken = np.zeros(sheet.pixels.shape[:2], int)
        for top, left, height, width in zip(
            sheet.tops, sheet.lefts, sheet.heights, sheet.widths, strict=True
        ):
            taken[top : top + height, left : left + width] += 1
        assert taken.max() == 1
        assert (sheet.pixels[taken == 0] == 0).all()


def test_tiles_know_how_much_they_shrink_the_photo() -> None:
    for sheet in Mipmaps(smooth(480, 640)).pyramid(SIZES, border=3, cell=4):
        for scale, ratio in zip(sheet.scales, sheet.ratios, strict=True):
            assert ratio.tolist() == pytest.approx([640 / SIZES[scale][0], 480 / SIZES[scale][1]])


def test_windows_belong_to_the_tile_that_holds_them_whole() -> None:
    window, stride = 12, 4
    for sheet in Mipmaps(smooth(480, 640)).pyramid(SIZES, border=3, cell=stride):
        owners, entered = sheet.tile_of_windows(window, stride)
        assert entered == (owners >= 0).sum()
        for row, column in np.ndindex(owners.shape):
            top, left = row * stride, column * stride
            holding = [
                tile
                for tile in range(len(sheet.scales))
                if sheet.tops[tile] <= top <= sheet.tops[tile] + sheet.heights[tile] - window
                and sheet.lefts[tile] <= left <= sheet.lefts[tile] + sheet.widths[tile] - window
            ]
            assert owners[row, column] == (holding[0] if holding else -1)


def test_a_pyramid_of_nothing_is_empty(photo: np.ndarray) -> None:
    assert Mipmaps(photo).pyramid([], border=3, cell=4) == []


def test_tiles_smaller_than_a_window_hold_none() -> None:
    (sheet,) = Mipmaps(np.full((1, 50, 3), 9, np.uint8)).pyramid([(13, 1)], border=1, cell=4)
    owners, entered = sheet.tile_of_windows(12, 4)
    assert (entered, owners.size) == (0, 0)


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
    np.testing.assert_array_equal(cut, turned[4:16, 3:15])
