"""Where a face of a video is covered at any moment."""

import numpy as np
import pytest

from smilecascade.express import Expression
from smilecascade.mask import Cover
from smilecascade.mask.covers import rounded
from smilecascade.mask.timeline import HOLD_S, Seen, Track, covers_at
from smilecascade.mask.ways import joined


def seen(time_s: float, x: float = 100.0, y: float = 100.0, side: float = 40.0, **more) -> Seen:
    """A face about this middle."""
    box = (x - side / 2, y - side / 2, x + side / 2, y + side / 2)
    return Seen(frame=round(25 * time_s), time_s=time_s, cover=Cover(box=box, **({"score": 0.9} | more)))


def middle(cover: Cover) -> tuple[float, float]:
    return ((cover.box[0] + cover.box[2]) / 2, (cover.box[1] + cover.box[3]) / 2)


def width(cover: Cover) -> float:
    return cover.box[2] - cover.box[0]


def test_between_two_sightings_it_lies_on_the_way() -> None:
    track = Track(1, [seen(1.0, x=100, side=40), seen(2.0, x=200, y=140, side=60)])
    cover = track.at(1.25)
    assert middle(cover) == pytest.approx((125, 110))
    assert width(cover) >= 45


def test_it_is_covered_for_a_moment_before_and_after() -> None:
    track = Track(1, [seen(2.0), seen(3.0)])
    assert track.span_s == (2.0 - HOLD_S, 3.0 + HOLD_S)
    assert [track.at(t) is not None for t in (1.49, 1.51, 2, 2.5, 3, 3.49, 3.51)] == [
        *(False, True, True, True, True, True, False)
    ]
    assert Track(1, [seen(0.1)]).span_s == (0, 0.6)


def test_where_it_came_from_and_goes_to_is_told_from_how_it_moves() -> None:
    track = Track(1, [seen(0.5 + 0.04 * n, x=100 + 4 * n) for n in range(20)])
    first, last = track.span_s[0] + 0.01, track.span_s[1] - 0.01
    assert middle(track.at(0.4))[0] == pytest.approx(90, abs=1)
    assert middle(track.at(first))[0] == pytest.approx(80, abs=1)
    assert middle(track.at(last))[0] == pytest.approx(176 + 20, abs=1)


def test_the_longer_it_is_out_of_sight_the_larger_is_the_cover() -> None:
    track = Track(1, [seen(0), seen(2)])
    widths = [width(track.at(t)) for t in (0, 0.2, 0.4, 1.0)]
    assert widths == pytest.approx([40, 48, 56, 60])


def test_what_a_person_added_is_covered_as_it_is() -> None:
    track = Track(1, [seen(1, score=None), seen(5, score=None)], hold_s=0)
    assert track.span_s == (1, 5)
    assert track.score is None
    assert track.at(3).box == pytest.approx((80, 80, 120, 120))
    assert track.at(0.99) is None


def test_the_cover_follows_the_roll_the_short_way_round() -> None:
    track = Track(1, [seen(0, roll=170.0), seen(1, roll=-170.0)])
    assert abs(track.at(0.5).roll) == pytest.approx(180)
    assert track.at(0).roll == pytest.approx(170)


def test_trembling_is_taken_off_and_movement_is_not() -> None:
    trembling = Track(1, [seen(0.04 * n, x=100 + (-1) ** n) for n in range(9)])
    assert middle(trembling.at(0.16))[0] == pytest.approx(100)
    uneven = Track(1, [seen(t, x=100 * t) for t in (0, 0.04, 0.4, 0.44, 1.2)])
    for time_s in (0.04, 0.2, 0.4, 0.44, 0.9):
        assert middle(uneven.at(time_s))[0] == pytest.approx(100 * time_s)


def test_a_smiley_does_not_flicker() -> None:
    moods = [Expression.of(happiness=1.0) if n != 5 else Expression.of(anger=1.0) for n in range(11)]
    track = Track(1, [seen(0.04 * n, expression=mood) for n, mood in enumerate(moods)])
    assert track.at(0.2).expression.top == "happiness"
    assert Track(1, [seen(0.0)]).at(0).expression is None
    assert sum(track.at(0.21).expression.probabilities.values()) == pytest.approx(1)


def test_no_frame_is_uncovered_between_two_sightings() -> None:
    """A face that runs on a curve, and is missed in most frames at random."""
    random = np.random.default_rng(1)
    places = {n / 25: (200 + 120 * np.sin(n / 20), 150 + 60 * np.cos(n / 13)) for n in range(250)}
    for share in (0.3, 0.6, 0.8):
        kept = [time_s for time_s in places if random.random() > share]
        track = Track(1, [seen(time_s, *places[time_s], roll=0.0) for time_s in kept])
        for time_s, (x, y) in places.items():
            if kept[0] <= time_s <= kept[-1]:
                corners = np.array([(x + i, y + j) for i in (-17, 17) for j in (-17, 17)])
                (cover,) = covers_at([track], time_s)
                assert rounded(cover).holds(corners).all(), (share, time_s)


def test_a_head_that_comes_up_where_it_went_down_is_one() -> None:
    down, up = [seen(0.0), seen(1.0)], [seen(3.5), seen(4.0)]
    assert joined([up, down]) == [[*down, *up]]
    elsewhere, later = [seen(3.5, x=150)], [seen(20.0)]
    assert joined([down, elsewhere, later]) == [down, elsewhere, later]
    assert joined([]) == []


def test_a_face_may_run_for_a_moment() -> None:
    gone = [seen(0.0), seen(1.0)]
    there, too_far, too_late, too_large = (
        [seen(1.4, x=200)],
        [seen(1.4, x=400)],
        [seen(2.4, x=200)],
        [seen(1.4, x=110, side=80)],
    )
    assert joined([gone, there]) == [[*gone, *there]]
    for other in (too_far, too_late, too_large):
        assert joined([gone, other]) == [gone, other]


def test_two_faces_at_one_time_are_two() -> None:
    here, beside, again = [seen(0.0), seen(1.0)], [seen(0.5, x=105), seen(2.0, x=105)], [seen(3.5)]
    assert joined([here, beside]) == [here, beside]
    assert joined([here, beside, again]) == [[*here, *again], beside]
