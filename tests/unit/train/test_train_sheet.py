import numpy as np
import torch

from smilecascade.train.samples import Batch
from smilecascade.train.sheet import contact_sheet, mistakes


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


def judged(count: int = 7) -> tuple[Batch, torch.Tensor]:
    """Pictures of 48 pixels: three faces of which one is hardly in place, then others; and their logits."""
    grey = torch.arange(count, dtype=torch.float32) * 10 + 5
    faces = min(count, 3)
    pictures = Batch(
        pixels=grey[:, None, None, None].expand(count, 3, 48, 48),
        labels=torch.tensor([1, -1, 1, *[0] * count])[:count],
        displacements=torch.zeros(faces, 3),
        points=torch.zeros(faces, 6, 2),
    )
    return pictures, torch.tensor([2.0, -9.0, -1.0, -3.0, 4.0, -2.0, 0.5])[:count]


def greys(sheet: np.ndarray) -> list[list[int]]:
    """The grey in the middle of each cell, row by row."""
    return sheet[26::52, 26::52, 0].tolist()  # type: ignore[no-any-return]


def test_mistakes_are_the_lowest_faces_and_below_them_the_highest_others() -> None:
    sheet = mistakes(*judged(), columns=2)
    assert sheet.dtype == np.uint8
    assert greys(sheet) == [[25, 5], [45, 65], [55, 35]]


def test_of_many_mistakes_the_worst_are_shown() -> None:
    assert greys(mistakes(*judged(), rows=1, columns=1)) == [[25], [45]]
    assert greys(mistakes(*judged(), rows=3, columns=1)) == [[25], [5], [45], [65], [55]]


def test_small_pictures_of_mistakes_are_enlarged() -> None:
    assert mistakes(batch(2), torch.zeros(2), columns=1).shape == (5 * 9 + 4, 5 * 9 + 4, 3)


def test_without_others_mistakes_are_faces_alone() -> None:
    assert greys(mistakes(*judged(3), columns=2)) == [[25, 5]]
    assert mistakes(*judged(0), columns=2).shape == (0, 104, 3)
