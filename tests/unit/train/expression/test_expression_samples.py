import numpy as np
import pytest
import torch
from torch import Tensor

from smilecascade.errors import DatasetError
from smilecascade.train.augment import Chance
from smilecascade.train.expression import augment
from smilecascade.train.expression.recipe import ExpressionSpec
from smilecascade.train.expression.samples import Tiles, TileSamples


def tiles(classes: list[int], size: int = 48, share: float = 1.0) -> Tiles:
    """One flat tile for each class, whose grey is ten times the class."""
    targets = np.full((len(classes), 10), np.nan, np.float32)
    targets[:, :8] = np.eye(8)[classes]
    grey = np.repeat(np.array(classes, np.uint8) * 10, size * size).reshape(-1, size, size)
    return Tiles(grey=grey, targets=targets, share=share)


def as_they_are(pixels: Tensor, size: int, chance: Chance, strength: float) -> Tensor:
    return pixels[..., :size, :size]


def spec(**changes: float) -> ExpressionSpec:
    return ExpressionSpec(**{"net": "expression-48", "steps": 1, "batch": 32, "mixup": 0.0, **changes})  # type: ignore[arg-type]


def test_a_batch_depends_on_the_seed_and_the_step_alone() -> None:
    one, other = (TileSamples([tiles([0, 1, 2])], 48, spec(mixup=1.0)) for _ in range(2))
    other.batch(3)
    for first, second in zip(one.batch(7), other.batch(7), strict=True):
        torch.testing.assert_close(first, second, equal_nan=True)
    assert not torch.equal(one.batch(7).pixels, one.batch(8).pixels)


def test_each_set_has_its_share_of_a_batch() -> None:
    unknown = Tiles(
        grey=np.zeros((3, 60, 60), np.uint8), targets=np.full((3, 10), np.nan, np.float32), share=0.25
    )
    batch = TileSamples([tiles([1], share=0.75), unknown], 48, spec()).batch(0)
    assert batch.pixels.shape == (32, 1, 48, 48)
    assert batch.targets[:, 1].isnan().sum() == 8


def test_labels_stay_with_their_tiles() -> None:
    batch = TileSamples([tiles([0, 3, 7])], 48, spec(), as_they_are).batch(0)
    assert (batch.pixels[:, 0, 0, 0] == 10 * batch.targets[:, :8].argmax(1)).all()


def test_what_is_mixed_has_mixed_labels() -> None:
    batch = TileSamples([tiles([0, 1])], 48, spec(mixup=1.0), as_they_are).batch(0)
    torch.testing.assert_close(batch.pixels[:, 0, 0, 0], 10 * batch.targets[:, 1])
    torch.testing.assert_close(batch.targets[:, :2].sum(1), torch.ones(32))
    assert ((batch.targets[:, 1] > 0) & (batch.targets[:, 1] < 1)).any()


@pytest.mark.parametrize(("balance", "share"), [(0.0, 1 / 16), (1.0, 0.5)])
def test_rare_classes_are_drawn_more_often(balance: float, share: float) -> None:
    samples = TileSamples([tiles([0] * 15 + [5])], 48, spec(batch=2000, balance=balance), as_they_are)
    assert float((samples.batch(0).targets[:, 5] == 1).float().mean()) == pytest.approx(share, abs=0.04)


def test_an_epoch_draws_as_many_as_there_are() -> None:
    assert TileSamples([tiles([0] * 64)], 48, spec()).steps_per_epoch == 2


def test_without_faces_there_is_nothing_to_learn_from() -> None:
    for sets in ([], [tiles([0]), tiles([])]):
        with pytest.raises(DatasetError, match="no faces to learn from; is the data folder complete"):
            TileSamples(sets, 48, spec())


def noise(count: int = 40) -> Tensor:
    return torch.rand(count, 1, 48, 48, generator=torch.Generator().manual_seed(0)) * 255


def test_without_strength_a_tile_is_as_it_was_or_mirrored() -> None:
    given = noise()
    pixels = augment.augmented(given, 48, Chance(6), 0.0)
    as_was = (pixels - given).abs().amax((1, 2, 3)) < 0.1
    mirrored = (pixels - given.flip(3)).abs().amax((1, 2, 3)) < 0.1
    assert (as_was ^ mirrored).all()


@pytest.mark.parametrize("count", [0, 1, 40])
def test_augmented_tiles_are_windows_in_the_range_of_bytes(count: int) -> None:
    given = noise(count)
    before = given.clone()
    pixels = augment.augmented(given, 24, Chance(1))
    assert pixels.shape == (count, 1, 24, 24)
    assert torch.equal(given, before)
    assert pixels.isfinite().all()
    assert count == 0 or (pixels.min() >= 0 and pixels.max() <= 255)


def test_a_window_stays_about_where_its_face_is() -> None:
    bright = torch.zeros(400, 1, 48, 48)
    bright[:, :, 20:28, 20:28] = 255
    windows = augment.displaced(bright, 48, Chance(2))
    at = torch.arange(48).float()
    for axis in (2, 3):
        along = windows[:, 0].sum(axis - 1 if axis == 3 else 2)
        middles = (along * at).sum(1) / along.sum(1)
        assert abs(float(middles.mean()) - 23.5) < 0.5
        assert 1 < float(middles.std()) < 4


def test_half_of_the_tiles_are_mirrored() -> None:
    ramp = torch.linspace(0, 255, 48).expand(600, 1, 48, 48)
    windows = augment.displaced(ramp, 48, Chance(3))
    mirrored = (windows[..., :8].mean((1, 2, 3)) > windows[..., -8:].mean((1, 2, 3))).float().mean()
    assert float(mirrored) == pytest.approx(0.5, abs=0.07)


def test_a_cover_hides_at_most_a_quarter() -> None:
    hidden = augment.covered(noise(), Chance(4), 1.0) != noise()
    shares = hidden.float().mean((1, 2, 3))
    assert (shares <= 0.27).all()
    assert (shares > 0).all()
    assert torch.equal(augment.covered(noise(), Chance(4), 0.0), noise())


def test_coarse_tiles_lose_their_finest_detail() -> None:
    assert float(augment.coarse(noise(), Chance(5), 1.0).std()) < 0.8 * float(noise().std())
    assert torch.equal(augment.coarse(noise(), Chance(5), 0.0), noise())
