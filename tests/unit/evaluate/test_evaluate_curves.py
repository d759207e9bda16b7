"""Curves and intervals, on cases worked by hand."""

import numpy as np
import pytest

from smilecascade.evaluate.curves import (
    Counts,
    Tally,
    average_precision,
    bootstrap,
    figures,
    froc,
    recall_at,
)
from smilecascade.evaluate.match import EXCUSED, FALSE_ALARM


def _tally(*photos):
    """Each photo as its number of wanted faces and its detections, (score, verdict)."""
    return Tally.pool(
        (
            np.array([score for score, _ in found], np.float32),
            np.array([verdict for _, verdict in found], np.int32),
            wanted,
        )
        for wanted, *found in photos
    )


def _value(measure, tally: Tally) -> float:
    (value,) = measure(Counts.of(tally))
    return float(value)


#: Four wanted faces in two photos. Best first: hit, false alarm, hit, hit, false alarm.
TALLY = _tally(
    (2, (0.9, 0), (0.7, 1), (0.5, FALSE_ALARM)),
    (2, (0.8, FALSE_ALARM), (0.6, 0)),
)


def test_detections_are_pooled_best_first_and_the_excused_are_left_out() -> None:
    tally = _tally((1, (0.2, 0), (0.9, EXCUSED)), (3, (0.7, FALSE_ALARM)))
    assert tally.scores.tolist() == pytest.approx([0.7, 0.2])
    assert tally.hits.tolist() == [False, True]
    assert tally.photos.tolist() == [1, 0]
    assert tally.wanted.tolist() == [1, 3]


def test_average_precision_takes_the_best_precision_at_each_recall_or_a_higher_one() -> None:
    # Precision at the hits 1, 2/3, 3/4; the second is raised to 3/4; the fourth face is missed.
    assert _value(average_precision, TALLY) == pytest.approx((1 + 3 / 4 + 3 / 4) / 4)


def test_detections_of_equal_score_share_a_threshold_whatever_their_order() -> None:
    one = _tally((2, (0.5, 0), (0.5, FALSE_ALARM)))
    other = _tally((2, (0.5, FALSE_ALARM), (0.5, 0)))
    assert _value(average_precision, one) == _value(average_precision, other) == pytest.approx(0.25)


@pytest.mark.parametrize(("allowed", "recall"), [(0, 0.25), (0.49, 0.25), (0.5, 0.75), (1, 0.75)])
def test_recall_at_false_positives_a_photo(allowed: float, recall: float) -> None:
    assert _value(recall_at(allowed), TALLY) == recall


def test_no_recall_where_the_best_detection_is_one_false_alarm_too_many() -> None:
    assert _value(recall_at(0.1), _tally((1, (0.9, FALSE_ALARM), (0.8, 0)))) == 0


def test_the_froc_curve_has_a_point_a_threshold() -> None:
    curve = froc(TALLY)
    assert curve.thresholds.tolist() == pytest.approx([0.9, 0.8, 0.7, 0.6, 0.5])
    assert curve.false_positives_a_photo.tolist() == [0, 0.5, 0.5, 0.5, 1]
    assert curve.recall.tolist() == [0.25, 0.25, 0.5, 0.75, 0.75]


def test_weights_count_a_photo_as_often_as_they_say() -> None:
    doubled = _tally(
        (2, (0.9, 0), (0.7, 1), (0.5, FALSE_ALARM)),
        (2, (0.9, 0), (0.7, 1), (0.5, FALSE_ALARM)),
    )
    for measure in (average_precision, recall_at(0.1), recall_at(1)):
        (value,) = measure(Counts.of(TALLY, np.array([[2, 0]], np.int32)))
        assert value == _value(measure, doubled)


def test_without_detections_recall_is_zero() -> None:
    tally = _tally((2,), (0,))
    assert [_value(measure, tally) for measure in (average_precision, recall_at(1))] == [0, 0]
    assert froc(tally).recall.shape == (0,)


@pytest.mark.parametrize("tally", [_tally(), _tally((0,)), _tally((0, (0.5, FALSE_ALARM)))])
def test_without_faces_there_are_no_figures(tally: Tally) -> None:
    for figure in figures(tally, [average_precision, recall_at(1)], resamples=10):
        assert np.isnan([figure.value, figure.low, figure.high]).all()
    assert np.isnan(froc(tally).recall).all()


def _many(photos: int) -> Tally:
    """Faces of which about nine in ten are hit, and as many false alarms as photos."""
    random = np.random.default_rng(7)
    return _tally(
        *(
            (1, (random.uniform(), 0 if random.uniform() < 0.9 else FALSE_ALARM), (random.uniform(), -1))
            for _ in range(photos)
        )
    )


def test_the_interval_is_that_of_resampled_photos() -> None:
    tally = _many(50)
    random = np.random.default_rng(3)
    values = []
    for _ in range(400):
        weights = np.bincount(random.integers(50, size=50), minlength=50).astype(np.int32)
        values.append(average_precision(Counts.of(tally, weights[None]))[0])
    (figure,) = figures(tally, [average_precision], resamples=2000)
    assert figure.value == _value(average_precision, tally)
    assert [figure.low, figure.high] == pytest.approx(np.percentile(values, [5, 95]), abs=0.02)


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    tally = _many(50)
    first, again, other = (figures(tally, [average_precision], seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_every_resample_is_drawn_and_measures_share_the_draws() -> None:
    drawn = bootstrap(_many(20), [average_precision, average_precision], np.random.default_rng(1), 130)
    assert drawn.shape == (2, 130)
    assert not np.isnan(drawn).any()
    assert len(np.unique(drawn[0, 128:])) == 2
    assert (drawn[0] == drawn[1]).all()


def test_resamples_without_a_face_do_not_spoil_the_interval() -> None:
    (figure,) = figures(_tally((1, (0.9, 0)), (0,)), [average_precision], resamples=50)
    assert (figure.value, figure.low, figure.high) == (1, 1, 1)
