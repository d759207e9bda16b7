"""Laws of following faces: numbers are unique, stable and depend on nothing but what was seen."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from smilecascade.records import Face
from smilecascade.track import FollowSpec, Sight, Trails, follow
from smilecascade.track.assign import assigned

SPEC = FollowSpec(sure_score=0.6)

weights = st.tuples(st.integers(0, 4), st.integers(0, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0, 0.25, 0.5, 0.7, 1]))
)


@st.composite
def faces(draw: st.DrawFn) -> Face:
    x, y = draw(st.floats(-20, 200)), draw(st.floats(-20, 200))
    width, height = draw(st.floats(0, 80)), draw(st.floats(0, 80))
    return Face(box=(x, y, x + width, y + height), score=draw(st.floats(0, 1)))


@st.composite
def looks(draw: st.DrawFn) -> list[Sight]:
    """A video with times that stand still and jump, too."""
    steps = draw(st.lists(st.sampled_from([0, 0.001, 0.033, 0.04, 0.3, 1.5]), max_size=12))
    times = np.cumsum(steps).tolist()
    return [
        Sight(frame=number, time_s=time_s, faces=tuple(draw(st.lists(faces(), max_size=4))))
        for number, time_s in enumerate(times)
    ]


@given(weights)
def test_assigning_equals_trying_everything(weights: np.ndarray) -> None:
    wide = weights if weights.shape[0] <= weights.shape[1] else weights.T
    best = max(
        sum(wide[row, column] for row, column in enumerate(columns))
        for columns in permutations(range(wide.shape[1]), wide.shape[0])
    )
    pairs = assigned(weights)
    assert sum(weights[pair] for pair in pairs) == best
    rows, columns = [row for row, _ in pairs], [column for _, column in pairs]
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)


@given(looks())
def test_every_look_comes_out_in_order_with_its_sure_faces(video: list[Sight]) -> None:
    seen = list(follow(video, SPEC))
    assert [(sight.frame, sight.time_s) for sight in seen] == [(sight.frame, sight.time_s) for sight in video]
    for before, after in zip(video, seen, strict=True):
        kept = [(face.box, face.score) for face in after.faces]
        assert [pair for pair in kept if pair[1] >= SPEC.sure_score] == [
            (face.box, face.score) for face in before.faces if face.score >= SPEC.sure_score
        ]
        assert all(face.track is not None for face in after.faces if face.score < SPEC.sure_score)


@given(looks())
def test_no_two_faces_of_a_look_share_a_number(video: list[Sight]) -> None:
    for sight in follow(video, SPEC):
        numbers = [face.track for face in sight.faces if face.track is not None]
        assert len(set(numbers)) == len(numbers)


@given(looks())
def test_numbers_count_from_one_without_a_gap(video: list[Sight]) -> None:
    numbers = {face.track for sight in follow(video, SPEC) for face in sight.faces} - {None}
    assert numbers == set(range(1, len(numbers) + 1))


@given(looks())
def test_the_same_video_gives_the_same_numbers(video: list[Sight]) -> None:
    assert list(follow(video, SPEC)) == list(follow(iter(video), SPEC))


@given(looks())
def test_a_trail_leads_from_the_first_to_the_last_sighting(video: list[Sight]) -> None:
    trails, frames = Trails(), {}
    for sight in follow(video, SPEC):
        trails.add(sight.frame, sight.faces)
        for face in sight.faces:
            frames.setdefault(face.track, []).append(sight.frame)
    frames.pop(None, None)
    for frame in range(-1, len(video) + 1):
        there = {number for number, seen in frames.items() if seen[0] <= frame <= seen[-1]}
        assert set(trails.at(frame)) == there
