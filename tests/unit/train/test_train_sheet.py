import numpy as np
import torch

from smilecascade.train.samples import Batch
from smilecascade.train.sheet import contact_sheet


def batch(count: int) -> Batch:
    """Flat pictures of 5 pixels, each of its own grey; the first is a face, the second hardly in place."""
    grey = torch.arange(count, dtype=torch.float32) * 10 + 5.4
    faces = min(count, 2)
    return Batch(
        pixels=grey[:, None, None, None].expand(count, 3, 5, 5),
        labels=torch.tensor([1, -1, *[0] * count])[:count],
        displacements=torch.zeros(faces, 3),
        points=torch.zeros(faces, 6, 2),
    )


def test_samples_stand_in_rows_in_their_order() -> None:
    sheet = contact_sheet(batch(5), columns=3)
    assert sheet.shape == (2 * 9, 3 * 9, 3)
    assert sheet.dtype == np.uint8
    greys = [sheet[row * 9 + 4, column * 9 + 4].tolist() for row in range(2) for column in range(3)]
    assert greys == [[5] * 3, [15] * 3, [25] * 3, [35] * 3, [45] * 3, [255] * 3]


def test_frames_tell_what_a_sample_is_labelled() -> None:
    face, neither, *others = contact_sheet(batch(4), columns=4)[0, ::9].astype(int)
    assert face[1] > face[0]
    assert neither[0] == neither[1] == neither[2]
    for red, green, _ in others:
        assert red > green


def test_pictures_are_enlarged() -> None:
    assert contact_sheet(batch(1), columns=1, enlarged=3).shape == (19, 19, 3)


def test_no_samples_fill_no_row() -> None:
    assert contact_sheet(batch(0), columns=4).shape == (0, 36, 3)
