import numpy as np
import torch

from smilecascade.train.samples import Batch
from smilecascade.train.sheet import contact_sheet


def batch(count: int) -> Batch:
    """Flat pictures of 5 pixels, each of its own grey; the first is a face."""
    grey = torch.arange(count, dtype=torch.float32) * 10 + 5.4
    labels = torch.tensor([int(number == 0) for number in range(count)])
    return Batch(pixels=grey[:, None, None, None].expand(count, 3, 5, 5), labels=labels)


def test_samples_stand_in_rows_in_their_order() -> None:
    sheet = contact_sheet(batch(5), columns=3)
    assert sheet.shape == (2 * 9, 3 * 9, 3)
    assert sheet.dtype == np.uint8
    greys = [sheet[row * 9 + 4, column * 9 + 4].tolist() for row in range(2) for column in range(3)]
    assert greys == [[5] * 3, [15] * 3, [25] * 3, [35] * 3, [45] * 3, [255] * 3]


def test_faces_are_framed_otherwise_than_the_rest() -> None:
    frames = contact_sheet(batch(3), columns=3)[0, ::9]
    red, green, _ = frames.T.astype(int)
    assert green[0] > red[0]
    assert (red[1:] > green[1:]).all()


def test_pictures_are_enlarged() -> None:
    assert contact_sheet(batch(1), columns=1, enlarged=3).shape == (19, 19, 3)


def test_no_samples_fill_no_row() -> None:
    assert contact_sheet(batch(0), columns=4).shape == (0, 36, 3)
