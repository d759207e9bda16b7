import numpy as np
import pytest

from smilecascade.detect.level import filtered
from smilecascade.detect.lots import arranged, crops, joined, parted
from smilecascade.mipmaps import Mipmaps
from smilecascade.records import Candidates

GENERATOR = np.random.default_rng(0)


def windows(count: int, extent: float = 40) -> Candidates:
    """Squares of 10 to 20 pixels anywhere in the photo, of three scales."""
    corner = GENERATOR.uniform(0, extent, (count, 2))
    side = GENERATOR.uniform(10, 20, (count, 1))
    return Candidates(
        boxes=np.concatenate([corner, corner + side], axis=1).astype(np.float32),
        scores=GENERATOR.random(count, np.float32),
        scales=GENERATOR.integers(0, 3, count, dtype=np.int32),
    )


def same(first: Candidates, second: Candidates) -> bool:
    columns = ("boxes", "scores", "scales", "photos")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in columns)


@pytest.mark.parametrize("counts", [[3], [0], [2, 0, 5], [0, 0], [0, 4, 0, 1, 0]])
def test_what_is_joined_parts_again(counts: list[int]) -> None:
    photos = [windows(count) for count in counts]
    lot = joined(photos)
    assert len(lot) == sum(counts)
    parts = parted(lot, len(counts))
    assert len(parts) == len(photos)
    assert all(part.photos is None and same(part, photo) for part, photo in zip(parts, photos, strict=True))


def test_a_lot_is_arranged_photo_by_photo_and_keeps_their_order() -> None:
    photos = [windows(4), windows(0), windows(3)]
    mixed = joined(photos)[np.array([5, 2, 0, 6, 3, 1, 4])]
    first, none, last = parted(arranged(mixed), 3)
    assert same(first, photos[0][np.array([2, 0, 3, 1])])
    assert len(none) == 0
    assert same(last, photos[2][np.array([1, 2, 0])])


def test_windows_of_one_photo_are_arranged_as_they_are() -> None:
    found = windows(3)
    assert arranged(found) is found


@pytest.mark.parametrize("across_scales", [False, True])
@pytest.mark.parametrize("count", [3, 40, 200])  # each is suppressed in a way of its own
def test_windows_compete_within_their_photo(across_scales: bool, count: int) -> None:
    photos = [windows(count), windows(0), windows(count)]
    lot = arranged(filtered(joined(photos), 0.3, across_scales=across_scales))
    for together, photo in zip(parted(lot, 3), photos, strict=True):
        assert same(together, filtered(photo, 0.3, across_scales=across_scales))


def test_an_empty_lot_is_filtered() -> None:
    assert len(filtered(joined([windows(0), windows(0)]), 0.3)) == 0


def test_crops_come_from_their_photos() -> None:
    images = GENERATOR.integers(0, 256, (3, 60, 60, 3), dtype=np.uint8)
    photos, found = [Mipmaps(image) for image in images], [windows(3), windows(0), windows(2)]
    alone = [photo.crops(squares.boxes, 12) for photo, squares in zip(photos, found, strict=True)]
    lot = joined(found)
    np.testing.assert_array_equal(crops(photos, lot, 12)[..., :3], np.concatenate(alone)[..., :3])
    np.testing.assert_array_equal(crops(photos, lot[2:4], 12)[..., :3], np.concatenate(alone)[2:4, ..., :3])
    np.testing.assert_array_equal(crops(photos[:1], found[0], 12)[..., :3], alone[0][..., :3])
