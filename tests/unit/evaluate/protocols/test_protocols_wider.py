"""WIDER FACE's protocol on fixtures in its own format, with values worked out by hand."""

from pathlib import Path

import numpy as np
import pytest

from smilecascade.evaluate.protocols.wider import Curve, curve, every_valid, labels
from smilecascade.interchange.regions import MarkedPhoto, Region

#: A face, one that is marked invalid, and a box without width; then a photo without faces.
LABELS = """\
0--Parade/a.jpg
3
10 10 19 19 0 0 0 0 0 0
50 10 19 19 0 0 0 1 0 0
90 10 0 19 0 0 0 0 0 0
0--Parade/b.jpg
0
0 0 0 0 0 0 0 0 0 0
"""

A, B, C, NOWHERE = (10, 10, 29, 29), (50, 10, 69, 29), (90, 10, 109, 29), (150, 10, 169, 29)


def photo(*faces: tuple[tuple[float, ...], float] | tuple[float, ...]) -> MarkedPhoto:
    """Boxes, or boxes with their scores."""
    pairs = [face if isinstance(face[0], tuple) else (face, None) for face in faces]
    return MarkedPhoto(name="a", regions=tuple(Region(box=box, score=score) for box, score in pairs))


def judged(label: MarkedPhoto, found: MarkedPhoto, wanted: list[bool]) -> Curve:
    return curve([label], [found], [np.array(wanted, bool)])


def points(one: Curve) -> list[tuple[float, float]]:
    """The points of a curve where it changes."""
    pairs = list(zip(one.recall.tolist(), one.precision.tolist(), strict=True))
    return [pair for pair, before in zip(pairs, [None, *pairs], strict=False) if pair != before]


def test_hits_repetitions_ignored_faces_and_false_alarms() -> None:
    found = photo((A, 0.9), (A, 0.8), (C, 0.7), (B, 0.6), (NOWHERE, 0.5))
    one = judged(photo(A, B, C), found, [True, True, False])
    assert points(one) == [(0.5, 1), (0.5, 1 / 2), (1, 2 / 3), (1, 1 / 2)]
    assert one.faces == 2
    assert one.average_precision == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_whatever_lies_on_an_ignored_face_is_left_out_however_often() -> None:
    found = photo((A, 0.9), (B, 0.8), (B, 0.7), (B, 0.6))
    assert points(judged(photo(A, B), found, [True, False])) == [(1, 1)]


def test_a_detection_looks_at_the_nearest_label_alone_even_if_it_is_taken() -> None:
    # The second lies on both, a little better on the first, which is taken: it does not find the second.
    label = photo((0, 0, 20, 20), (0, 4, 20, 24))
    found = photo(((0, 0, 20, 20), 0.9), ((0, 1, 20, 21), 0.8))
    assert judged(label, found, [True, True]).recall.max() == 0.5


def test_a_wanted_face_whose_nearest_label_is_ignored_is_not_found() -> None:
    label = photo((0, 0, 20, 20), (0, 4, 20, 24))
    found = photo(((0, 1, 20, 21), 0.9), ((100, 0, 120, 20), 0.1))
    one = judged(label, found, [False, True])
    assert points(one) == [(0, 0)]
    assert one.average_precision == 0


def test_sides_count_from_the_first_pixel_to_the_last() -> None:
    # 3x3 pixels, moved by one: 6 of 12 are shared. As plain numbers it would be 2 of 6.
    one = judged(photo((0, 0, 2, 2)), photo(((1, 0, 3, 2), 0.9)), [True])
    assert one.average_precision == 1


def test_scores_are_stretched_over_the_set_and_all_ones_where_they_are_equal() -> None:
    first, second = photo(A), photo(A)
    wanted = [np.ones(1, bool)] * 2
    apart = curve([first, second], [photo((A, 7.0)), photo((A, -3.0))], wanted)
    # The greatest score is 1, above the first threshold, 0.999; the least is reached at 0 alone.
    assert (apart.recall[0], apart.recall[998], apart.recall[999]) == (0.5, 0.5, 1)
    equal = curve([first, second], [photo((A, 0.2)), photo((A, 0.2))], wanted)
    assert (equal.recall == 1).all()


def test_scores_within_a_thousandth_are_told_together() -> None:
    found = photo((A, 1.0), (NOWHERE, 0.9995), (B, 0.0))
    assert points(judged(photo(A, B), found, [True, True])) == [(0.5, 0.5), (1, 2 / 3)]


def test_a_photo_without_labels_is_passed_over_with_its_false_alarms() -> None:
    found = [photo((A, 0.9)), photo((NOWHERE, 1.0))]
    one = curve([photo(A), photo()], found, [np.ones(1, bool), np.zeros(0, bool)])
    assert points(one) == [(0, 0), (1, 1)]


def test_a_photo_with_ignored_labels_alone_has_false_alarms() -> None:
    found = [photo((A, 0.9)), photo((NOWHERE, 1.0))]
    one = curve([photo(A), photo(A)], found, [np.ones(1, bool), np.zeros(1, bool)])
    assert points(one) == [(0, 0), (1, 0.5)]


def test_a_photo_without_detections_is_missed() -> None:
    one = curve([photo(A), photo(A)], [photo((A, 0.9)), photo()], [np.ones(1, bool)] * 2)
    assert (one.faces, one.average_precision) == (2, 0.5)


def test_nothing_found_is_an_average_precision_of_0() -> None:
    assert judged(photo(A), photo(), [True]).average_precision == 0


def test_a_subset_without_faces_has_no_average_precision() -> None:
    assert np.isnan(judged(photo(A), photo((A, 0.9)), [False]).average_precision)


def test_every_box_of_the_set_is_a_label_and_the_valid_ones_are_wanted(tmp_path: Path) -> None:
    (tmp_path / "wider_face_split").mkdir()
    (tmp_path / "wider_face_split" / "wider_face_val_bbx_gt.txt").write_text(LABELS)
    photos, folder = labels(tmp_path)
    assert folder / photos[0].name == tmp_path / "WIDER_val" / "images" / "0--Parade" / "a.jpg"
    assert [len(one.regions) for one in photos] == [3, 0]
    assert [wanted.tolist() for wanted in every_valid(photos)] == [[True, False, False], []]


@pytest.mark.data
def test_the_real_labels_find_themselves(dataset) -> None:
    photos, _ = labels(dataset("annotations") / "wider")
    one = curve(photos, photos, every_valid(photos))
    assert (len(photos), one.faces) == (3226, 39112)
    # A few faces are labelled twice, almost alike.
    assert one.average_precision > 0.999
