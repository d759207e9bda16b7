from collections.abc import Callable
from math import pi

import pytest
import torch
from torch import Tensor

from smilecascade.train import augment
from smilecascade.train.augment import Chance, Windows, cut_windows

Change = Callable[[Tensor, Chance], Tensor]


def covered(pixels: Tensor, chance: Chance, probability: float) -> Tensor:
    """Covered by one colour or by a piece of a picture like no other of them."""
    return augment.covered(pixels, 255 - pixels, chance, probability)


CHANGES: dict[str, Change] = {
    "mirrored": lambda pixels, chance: augment.mirrored(pixels, chance.picks(len(pixels), 0.5)),
    "coloured": augment.coloured,
    "blurred": lambda pixels, chance: augment.blurred(pixels, chance, 0.8),
    "noisy": lambda pixels, chance: augment.noisy(pixels, chance, 0.8),
    "covered": lambda pixels, chance: covered(pixels, chance, 0.8),
    "compressed": lambda pixels, chance: augment.compressed(pixels, chance, 0.8),
}

#: Those that take the probability with which a picture is changed.
OPTIONAL = {
    "blurred": augment.blurred,
    "noisy": augment.noisy,
    "covered": covered,
    "compressed": augment.compressed,
}


@pytest.fixture(params=CHANGES)
def change(request: pytest.FixtureRequest) -> Change:
    """Each augmentation in turn."""
    return CHANGES[request.param]


def noise(count: int, size: int = 12) -> Tensor:
    pixels = torch.randint(0, 256, (count, 3, size, size), generator=torch.Generator().manual_seed(7))
    return pixels.float()


def windows(count: int, *, shift: tuple[float, float] = (0, 0), side: float = 1, roll: float = 0) -> Windows:
    return Windows(
        shift=torch.tensor([shift] * count, dtype=torch.float32).reshape(count, 2),
        side=torch.full((count,), side),
        roll=torch.full((count,), roll),
    )


@pytest.mark.parametrize("size", [12, 24, 48])
def test_pixels_stay_pixels(change: Change, size: int) -> None:
    changed = change(noise(20, size), Chance(1))
    assert changed.shape == (20, 3, size, size)
    assert changed.dtype == torch.float32
    assert changed.min() >= 0
    assert changed.max() <= 255


def test_extreme_pixels_stay_pixels(change: Change) -> None:
    for value in (0.0, 255.0):
        changed = change(torch.full((20, 3, 12, 12), value), Chance(1))
        assert torch.isfinite(changed).all()
        assert changed.min() >= 0
        assert changed.max() <= 255 + 1e-3


def test_no_pictures_pass_through(change: Change) -> None:
    assert change(noise(0), Chance(1)).shape == (0, 3, 12, 12)


def test_one_picture_is_enough(change: Change) -> None:
    assert change(noise(1), Chance(1)).shape == (1, 3, 12, 12)


def test_nothing_is_changed_in_place(change: Change) -> None:
    pixels = noise(20)
    change(pixels, Chance(1))
    assert torch.equal(pixels, noise(20))


def test_the_seed_decides(change: Change) -> None:
    assert torch.equal(change(noise(20), Chance(1, 5)), change(noise(20), Chance(1, 5)))
    assert not torch.equal(change(noise(20), Chance(1, 5)), change(noise(20), Chance(1, 6)))
    assert not torch.equal(change(noise(20), Chance(1, 5)), change(noise(20), Chance(2, 5)))


def test_the_randomness_of_others_decides_nothing(change: Change) -> None:
    torch.manual_seed(1)
    first = change(noise(20), Chance(3))
    torch.manual_seed(2)
    torch.rand(5)
    assert torch.equal(first, change(noise(20), Chance(3)))


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_probability_of_0_changes_nothing(name: str) -> None:
    assert torch.equal(OPTIONAL[name](noise(30), Chance(1), 0.0), noise(30))


@pytest.mark.parametrize("name", ["noisy", "covered", "compressed"])
def test_a_probability_of_1_changes_all(name: str) -> None:
    changed = OPTIONAL[name](noise(30), Chance(1), 1.0)
    assert (changed != noise(30)).flatten(1).any(1).all()


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_probability_of_a_quarter_changes_a_quarter(name: str) -> None:
    changed = OPTIONAL[name](noise(400), Chance(1), 0.25)
    share = (changed != noise(400)).flatten(1).any(1).float().mean()
    assert share == pytest.approx(0.25, abs=0.07)


def test_only_the_flipped_are_mirrored() -> None:
    flipped = torch.tensor([True, False, False, True])
    changed = augment.mirrored(noise(4), flipped)
    assert torch.equal(changed[flipped], noise(4)[flipped].flip(3))
    assert torch.equal(changed[~flipped], noise(4)[~flipped])


def test_colours_go_down_to_grey() -> None:
    changed = augment.coloured(noise(400), Chance(1))
    spread = (changed.amax(1) - changed.amin(1)).flatten(1).mean(1)
    assert 0.02 < (spread < 30).float().mean() < 0.3


def test_half_of_the_pictures_are_darkened_or_lightened_in_their_middle() -> None:
    """Without gamma, grey in steps stays grey in even steps."""
    steps = torch.tensor([110.0, 120, 130]).repeat(400, 3, 3, 1)
    dark, middle, light = augment.coloured(steps, Chance(1))[:, 0, 0].T
    bent = ((light - middle) / (middle - dark) - 1).abs() > 0.003
    assert bent.float().mean() == pytest.approx(0.5, abs=0.08)


def test_blurred_pictures_keep_their_mean_and_lose_detail() -> None:
    pixels, changed = noise(50), augment.blurred(noise(50), Chance(1), 1.0)
    some = (changed != pixels).flatten(1).any(1)
    assert changed[some].mean() == pytest.approx(pixels[some].mean().item(), abs=2)
    assert changed[some].std() < 0.7 * pixels[some].std()


def test_noise_is_as_strong_as_said() -> None:
    added = augment.noisy(torch.full((200, 3, 24, 24), 127.0), Chance(1), 1.0) - 127
    levels = added.flatten(1).std(1)
    assert levels.min() > 1.5
    assert levels.max() < 15
    assert levels.max() > 10


def test_one_rectangle_is_hidden_and_the_rest_stays() -> None:
    hidden = (covered(noise(200), Chance(1), 1.0) != noise(200)).any(1)
    for picture in hidden:
        rows, columns = picture.any(1).nonzero().flatten(), picture.any(0).nonzero().flatten()
        inside = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        assert inside.float().mean() > 0.95  # a fill may be equal to a pixel by chance
    assert 0.05 < hidden.float().mean() < 0.4


@pytest.mark.parametrize(("backgrounds", "share"), [(3, 0.5), (0, 0.0)])
def test_what_hides_is_a_colour_or_a_piece_of_a_background(backgrounds: int, share: float) -> None:
    pictures, background = torch.full((400, 3, 12, 12), -1.0), noise(backgrounds)
    changed = augment.covered(pictures, background, Chance(1), 1.0)
    pieces = []
    for picture in changed:
        hidden = picture[0] >= 0
        colours, behind = picture[:, hidden], background[:, :, hidden]
        pieces.append(bool((behind == colours).all((1, 2)).any()))
        assert pieces[-1] or (colours == colours[:, :1]).all()
    assert sum(pieces) / len(pieces) == pytest.approx(share, abs=0.08)


def test_compression_keeps_the_picture() -> None:
    ramp = torch.linspace(0, 255, 48).expand(10, 3, 48, 48)
    assert (augment.compressed(ramp, Chance(1), 1.0) - ramp).abs().mean() < 8


def test_a_window_on_the_face_is_the_middle_of_its_crop() -> None:
    assert torch.equal(cut_windows(noise(3, 32), windows(3), 16), noise(3, 32)[:, :, 8:24, 8:24])


def test_a_window_of_two_sides_is_the_whole_crop() -> None:
    assert torch.equal(cut_windows(noise(3, 32), windows(3, side=2), 32), noise(3, 32))


def test_a_shift_goes_right_and_down() -> None:
    cut = cut_windows(noise(3, 32), windows(3, shift=(0.25, -0.125)), 16)
    assert torch.equal(cut, noise(3, 32)[:, :, 6:22, 12:28])


def test_a_quarter_turn_turns() -> None:
    cut = cut_windows(noise(3, 32), windows(3, roll=pi / 2), 16)
    assert torch.equal(cut, noise(3, 32)[:, :, 8:24, 8:24].rot90(1, (2, 3)))


def test_cut_pixels_are_pixels_of_the_crop() -> None:
    checks = 255.0 * (torch.arange(32)[:, None] + torch.arange(32)[None, :] & 1).expand(3, 3, 32, 32)
    between = windows(3, shift=(0.1, 0.03), side=0.9, roll=0.2)
    assert set(cut_windows(checks, between, 12).unique().tolist()) == {0, 255}


def test_beyond_the_crop_its_edge_repeats() -> None:
    flat = torch.full((2, 3, 32, 32), 99.0)
    torch.testing.assert_close(cut_windows(flat, windows(2, shift=(1, 1), side=2), 12), flat[:, :, :12, :12])


def test_each_crop_has_its_own_window() -> None:
    both = Windows(shift=torch.tensor([[0.0, 0.0], [0.25, 0.0]]), side=torch.ones(2), roll=torch.zeros(2))
    cut = cut_windows(noise(2, 32), both, 16)
    assert torch.equal(cut[0], noise(2, 32)[0, :, 8:24, 8:24])
    assert torch.equal(cut[1], noise(2, 32)[1, :, 8:24, 12:28])


def test_windows_are_picked_by_a_mask() -> None:
    both = Windows(
        shift=torch.tensor([[0.1, 0.2], [0.3, 0.4]]),
        side=torch.tensor([1.0, 2]),
        roll=torch.tensor([0.5, 0.6]),
    )
    second = both[torch.tensor([False, True])]
    for found, wanted in ((second.shift, [[0.3, 0.4]]), (second.side, [2.0]), (second.roll, [0.6])):
        torch.testing.assert_close(found, torch.tensor(wanted))


def test_no_windows_are_cut_from_no_crops() -> None:
    assert cut_windows(noise(0, 32), windows(0), 12).shape == (0, 3, 12, 12)


def test_chance_stays_in_its_range() -> None:
    values = Chance(1).uniform(1000, -2, 3)
    assert values.shape == (1000,)
    assert -2 <= values.min() < -1.9
    assert 2.9 < values.max() <= 3


@pytest.mark.parametrize("probability", [0.0, 0.3, 1.0])
def test_chance_picks_a_share(probability: float) -> None:
    picked = Chance(1).picks(2000, probability)
    assert picked.dtype == torch.bool
    assert picked.float().mean() == pytest.approx(probability, abs=0.05)
