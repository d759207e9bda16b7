"""Which detections hit, which are false alarms, which count as neither: cases worked by hand."""

import numpy as np
import pytest

from smilecascade.evaluate.match import EXCUSED, FALSE_ALARM, Truth, match

FACE = (0.0, 0.0, 100.0, 100.0)
FAR = (500.0, 500.0, 600.0, 600.0)
HALF = (0.0, 0.0, 100.0, 50.0)  # IoU with FACE: exactly 1/2


def _boxes(*boxes):
    return np.array(boxes, np.float32).reshape(-1, 4)


def _truth(wanted=(), optional=(), unlabelled=()):
    return Truth(wanted=_boxes(*wanted), optional=_boxes(*optional), unlabelled=_boxes(*unlabelled))


def _verdicts(boxes, truth, scores=None, *, min_face=20, min_iou=0.5):
    given = np.linspace(0.9, 0.1, len(boxes)) if scores is None else np.array(scores)
    return match(_boxes(*boxes), given.astype(np.float32), truth, min_face=min_face, min_iou=min_iou).tolist()


def test_a_face_is_hit_and_the_rest_is_a_false_alarm() -> None:
    assert _verdicts([FACE, FAR], _truth([FACE])) == [0, FALSE_ALARM]


def test_the_threshold_itself_is_enough() -> None:
    assert _verdicts([HALF], _truth([FACE])) == [0]
    assert _verdicts([(0, 0, 100, 49.9)], _truth([FACE])) == [FALSE_ALARM]
    assert _verdicts([HALF], _truth([FACE]), min_iou=0.7) == [FALSE_ALARM]


def test_a_second_detection_of_a_face_is_a_false_alarm_however_good_its_box() -> None:
    assert _verdicts([FACE, HALF], _truth([FACE]), [0.5, 0.9]) == [FALSE_ALARM, 0]


def test_of_equal_scores_the_first_goes_first() -> None:
    assert _verdicts([HALF, FACE], _truth([FACE]), [0.5, 0.5]) == [0, FALSE_ALARM]


def test_each_takes_the_free_label_of_highest_overlap() -> None:
    left, right = (0, 0, 100, 100), (40, 0, 140, 100)
    assert _verdicts([right, (39, 0, 139, 100)], _truth([left, right]), min_iou=0.4) == [1, 0]


def test_of_equal_overlaps_the_first_label_is_taken() -> None:
    assert _verdicts([FACE, FACE], _truth([FACE, FACE])) == [0, 1]


def test_optional_labels_take_their_detection_and_its_repetitions() -> None:
    assert _verdicts([FACE, FACE, HALF], _truth(optional=[FACE])) == [EXCUSED] * 3


def test_a_taken_optional_label_leaves_a_detection_to_the_next_best_face() -> None:
    beside = (20, 0, 120, 100)  # IoU with FACE: 2/3
    assert _verdicts([FACE, FACE], _truth([beside], [FACE])) == [EXCUSED, 0]


def test_small_detections_are_excused_by_their_size_of_equal_area() -> None:
    wide = (0, 0, 32, 8)  # √(32·8) = 16 = 0.8·20
    assert _verdicts([wide], _truth(), min_face=20) == [FALSE_ALARM]
    assert _verdicts([wide], _truth(), min_face=20.1) == [EXCUSED]


def test_a_small_detection_can_still_hit() -> None:
    assert _verdicts([HALF], _truth([FACE]), min_face=100) == [0]


def test_a_detection_on_an_unlabelled_face_is_excused_from_an_overlap_of_three_tenths() -> None:
    assert _verdicts([(0, 0, 100, 30)], _truth(unlabelled=[FACE])) == [EXCUSED]
    assert _verdicts([(0, 0, 100, 29)], _truth(unlabelled=[FACE])) == [FALSE_ALARM]


def test_an_unlabelled_face_does_not_take_a_detection_from_a_wanted_one() -> None:
    assert _verdicts([FACE, FACE], _truth([FACE], unlabelled=[FACE])) == [0, EXCUSED]


@pytest.mark.parametrize("truth", [_truth(), _truth([FACE]), _truth([FACE], [FAR], [FACE])])
def test_no_detections_give_no_verdicts(truth: Truth) -> None:
    verdicts = match(_boxes(), np.zeros(0, np.float32), truth, min_face=20, min_iou=0.5)
    assert (verdicts.shape, verdicts.dtype) == ((0,), np.int32)


def test_nothing_is_changed() -> None:
    boxes, scores, truth = _boxes(FACE, FACE), np.array([0.1, 0.9], np.float32), _truth([FACE])
    for array in (boxes, scores, truth.wanted):
        array.flags.writeable = False
    assert match(boxes, scores, truth, min_face=20, min_iou=0.5).tolist() == [FALSE_ALARM, 0]


def test_the_truth_of_a_photo_goes_by_role_and_size(photo) -> None:
    small, large = (0, 0, 19.5, 19.5), (0, 0, 20, 20)
    labels = [("face", small), ("face", large), ("ignore", FACE), ("unlabelled", FAR), ("doubtful", HALF)]
    truth = Truth.of(photo(labels=labels), min_face=20)
    assert truth.wanted.tolist() == [list(large)]
    assert truth.optional.tolist() == [list(small), list(FACE)]
    assert truth.unlabelled.tolist() == [list(FAR)]


def test_a_photo_without_labels_wants_nothing(photo) -> None:
    truth = Truth.of(photo(), min_face=20)
    assert {part.shape for part in (truth.wanted, truth.optional, truth.unlabelled)} == {(0, 4)}
