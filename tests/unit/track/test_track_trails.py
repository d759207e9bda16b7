import pytest

from smilecascade.records import Face
from smilecascade.track import Trails


def face(x: float, track: int | None = 1) -> Face:
    return Face(box=(x, 10, x + 20, 40), score=1, track=track)


def test_no_sightings() -> None:
    assert Trails().at(0) == {}


def test_a_face_without_a_track_leaves_no_trail() -> None:
    trails = Trails()
    trails.add(0, [face(0, None)])
    assert trails.at(0) == {}


def test_a_sighting_is_where_it_was() -> None:
    trails = Trails()
    trails.add(3, [face(5), face(50, 2)])
    assert trails.at(3) == {1: (5, 10, 25, 40), 2: (50, 10, 70, 40)}
    assert trails.at(2) == trails.at(4) == {}


@pytest.mark.parametrize(("frame", "x"), [(0, 0), (1, 10), (3, 30), (4, 40), (10, 100)])
def test_between_two_sightings_it_is_on_the_way(frame: int, x: float) -> None:
    trails = Trails()
    for seen in (0, 4, 10):
        trails.add(seen, [face(10 * seen)])
    assert trails.at(frame)[1] == pytest.approx((x, 10, x + 20, 40))


def test_even_movement_is_not_delayed() -> None:
    trails = Trails()
    for frame in range(10):
        trails.add(frame, [face(7 * frame)])
    assert [trails.at(frame)[1][0] for frame in range(10)] == pytest.approx([7 * n for n in range(10)])


def test_trembling_becomes_half_of_what_it_was() -> None:
    trails = Trails()
    for frame in range(10):
        trails.add(frame, [face(100 + (-1) ** frame)])
    assert [trails.at(frame)[1][0] for frame in range(1, 9)] == pytest.approx([100] * 8)
