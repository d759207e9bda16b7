"""Faces that move, cross, hide and flicker, thirty frames a second."""

from collections.abc import Iterable, Iterator

import pytest

from smilecascade.records import Face
from smilecascade.track import FollowSpec, Sight, follow

SPEC = FollowSpec(sure_score=0.9)
RATE = 30


def face(x: float, y: float = 100, side: float = 60, score: float = 0.99) -> Face:
    return Face(box=(x, y, x + side, y + side), score=score)


def video(frames: Iterable[tuple[Face, ...]], every: int = 1) -> Iterator[Sight]:
    for number, faces in enumerate(frames):
        yield Sight(frame=number * every, time_s=number * every / RATE, faces=faces)


def numbers(frames: Iterable[tuple[Face, ...]], every: int = 1) -> list[tuple[int | None, ...]]:
    return [tuple(face.track for face in sight.faces) for sight in follow(video(frames, every), SPEC)]


def test_no_frames_and_no_faces() -> None:
    assert numbers([]) == []
    assert numbers([(), ()]) == [(), ()]


@pytest.mark.parametrize("speed", [0, 3, 15, -15])
def test_a_moving_face_keeps_its_number_from_its_first_frame_on(speed: float) -> None:
    assert numbers((face(speed * n),) for n in range(40)) == [(1,)] * 40


def test_a_face_that_starts_to_move_fast_is_still_the_same() -> None:
    path = [0.0] * 10 + [40.0 * n for n in range(10)]
    assert numbers((face(x),) for x in path) == [(1,)] * 20


def test_a_face_that_comes_nearer_is_the_same() -> None:
    frames = ((face(300 - 4 * n, 200 - 4 * n, 40 + 8 * n),) for n in range(30))
    assert numbers(frames) == [(1,)] * 30


def test_two_faces_that_cross_keep_their_numbers() -> None:
    frames = [(face(8 * n, 100), face(400 - 8 * n, 110)) for n in range(50)]
    assert numbers(frames) == [(1, 2)] * 50


def test_two_faces_keep_their_numbers_when_one_hides_behind_the_other() -> None:
    def seen(n: int) -> tuple[Face, ...]:
        hidden = abs(8 * n - (400 - 8 * n)) < 40
        return (face(8 * n),) if hidden else (face(8 * n), face(400 - 8 * n, 104, 56))

    found = numbers(seen(n) for n in range(50))
    assert set(found) == {(1,), (1, 2)}


@pytest.mark.parametrize("frames_away", [1, 10, 29])
@pytest.mark.parametrize("speed", [0, 2])
def test_a_face_that_is_away_for_less_than_a_second_keeps_its_number(frames_away: int, speed: float) -> None:
    frames = [(face(speed * n),) if not 20 <= n < 20 + frames_away else () for n in range(70)]
    assert {number for numbered in numbers(frames) for number in numbered} == {1}


def test_a_face_that_comes_back_later_is_a_new_one() -> None:
    frames = [(face(0),) if not 20 <= n < 60 else () for n in range(80)]
    found = numbers(frames)
    assert (found[19], found[60]) == ((1,), (2,))


def test_a_new_face_elsewhere_does_not_get_the_number_of_one_that_left() -> None:
    frames = [(face(0),)] * 20 + [(face(300),)] * 20
    assert numbers(frames) == [(1,)] * 20 + [(2,)] * 20


def test_a_face_of_one_frame_gets_no_number() -> None:
    frames = [(face(0),) if n != 10 else (face(0), face(300)) for n in range(30)]
    assert numbers(frames)[10] == (1, None)
    assert set(numbers(frames)) == {(1,), (1, None)}


def test_numbers_count_what_proves_true_first() -> None:
    frames = [(face(300),), *[(face(0),)] * 5, *[(face(0), face(150))] * 5]
    assert numbers(frames) == [(None,), *[(1,)] * 5, *[(1, 2)] * 5]


def test_an_unsure_face_continues_a_track_and_begins_none() -> None:
    frames = [(face(n, score=0.99 if n < 3 else 0.5), face(300, score=0.5)) for n in range(60)]
    assert numbers(frames) == [(1,)] * 60


def test_an_unsure_face_makes_no_track_of_one_that_has_not_proved_true() -> None:
    frames = [(face(0, score=0.5 if n else 0.99),) for n in range(30)]
    assert numbers(frames) == [(None,), *[()] * 29]


def test_an_unsure_face_that_lies_aside_continues_nothing() -> None:
    frames = [(face(0),)] * 10 + [(face(45, score=0.5),)] * 5 + [(face(0),)] * 10
    assert numbers(frames) == [(1,)] * 10 + [()] * 5 + [(1,)] * 10


@pytest.mark.parametrize(("every", "speed"), [(10, 2), (30, 1)])
def test_few_frames_are_enough(every: int, speed: float) -> None:
    frames = [(face(speed * every * n), face(speed * every * n, 300)) for n in range(6)]
    assert numbers(frames, every) == [(1, 2)] * 6


def test_neighbours_are_not_exchanged_where_few_frames_are_looked_at() -> None:
    frames = [tuple(face(20 * n + 90 * place) for place in range(5)) for n in range(8)]
    assert numbers(frames, every=30) == [(1, 2, 3, 4, 5)] * 8


def test_times_that_stand_still_do_no_harm() -> None:
    sights = [Sight(frame=n, time_s=0.0, faces=(face(2 * n),)) for n in range(10)]
    assert [sight.faces[0].track for sight in follow(sights, SPEC)] == [1] * 10


def test_what_is_known_is_handed_on_soon() -> None:
    taken = 0

    def frames() -> Iterator[tuple[Face, ...]]:
        nonlocal taken
        for taken in range(1, 100):
            yield (face(taken),)

    following = follow(video(frames()), SPEC)
    next(following)
    assert taken == SPEC.sightings
    next(following)
    next(following)
    next(following)
    assert taken == SPEC.sightings + 1


def test_a_false_alarm_does_not_hold_the_rest_up_for_long() -> None:
    following = follow(video((face(300),) if n == 0 else (face(0),) for n in range(100)), SPEC)
    assert next(following).faces[0].track is None
    assert next(following).frame == 1


def test_one_sighting_makes_a_track_where_the_spec_says_so() -> None:
    (sight,) = follow(video([(face(0),)]), FollowSpec(sure_score=0.9, sightings=1))
    assert sight.faces[0].track == 1
