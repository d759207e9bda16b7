"""Smileys follow what a face shows smoothly, and every one of them can be had."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from smilecascade.express import EMOTIONS, Expression, FaceShape, Steady, face_of, smiley_of, to_pixels
from smilecascade.express.face import RANGES
from smilecascade.express.smiley import RULES

EMOJIS = {rule.emoji for rule in RULES}
share = st.floats(0, 1)
finding = st.none() | share
weights = st.lists(share, min_size=8, max_size=8).filter(lambda values: sum(values) > 0.01)
distributions = weights.map(lambda values: np.array(values) / sum(values))


@st.composite
def expressions(draw: st.DrawFn) -> Expression:
    findings = {"smile": draw(finding), "mouth_open": draw(finding)}
    return of(draw(distributions), **findings, eyes_closed=draw(st.none() | st.tuples(share, share)))


def of(shares: np.ndarray, **findings) -> Expression:
    return Expression(probabilities=dict(zip(EMOTIONS, shares.clip(0, 1), strict=True)), **findings)


def parameters(face: FaceShape) -> np.ndarray:
    """Each parameter of a face as a share of its range."""
    return np.array([(getattr(face, name) - low) / (high - low) for name, (low, high) in RANGES.items()])


def test_every_emoji_can_be_had() -> None:
    random = np.random.default_rng(4)
    seen = set()
    for shares in random.dirichlet([0.4] * len(EMOTIONS), 5000):
        smile, mouth, *eyes = random.beta(0.3, 0.3, 4)
        seen.add(smiley_of(of(shares, smile=smile, mouth_open=mouth, eyes_closed=tuple(eyes))))
    assert seen == EMOJIS


@given(expressions())
def test_every_expression_has_an_emoji_and_a_face(expression: Expression) -> None:
    assert smiley_of(expression) in EMOJIS
    assert np.isfinite(parameters(face_of(expression))).all()


@given(distributions, distributions, share)
def test_the_face_of_a_mixture_lies_between_those_of_its_parts(
    first: np.ndarray, second: np.ndarray, part: float
) -> None:
    mixed = face_of(of(first * (1 - part) + second * part))
    between = parameters(face_of(of(first))) * (1 - part) + parameters(face_of(of(second))) * part
    np.testing.assert_allclose(parameters(mixed), between, atol=1e-9)


@given(distributions, distributions, share, share)
def test_a_face_changes_no_faster_than_what_it_shows(
    first: np.ndarray, second: np.ndarray, smile: float, mouth_open: float
) -> None:
    findings = {"smile": smile, "mouth_open": mouth_open}
    moved = parameters(face_of(of(first, **findings))) - parameters(face_of(of(second, **findings)))
    assert np.abs(moved).max() <= 2 * np.abs(first - second).sum() + 1e-9


@given(distributions, st.sampled_from(EMOTIONS))
@settings(max_examples=40)
def test_a_small_change_changes_the_picture_little(shares: np.ndarray, towards: str) -> None:
    moved = shares * 0.98
    moved[EMOTIONS.index(towards)] += 0.02
    before, after = (to_pixels(face_of(of(s)), 48).astype(float) for s in (shares, moved))
    assert np.abs(before - after).mean() < 1.5


@given(st.lists(share, min_size=len(RANGES), max_size=len(RANGES)))
@settings(max_examples=30)
def test_any_face_can_be_drawn(shares: list[float]) -> None:
    ranges = zip(RANGES, shares, RANGES.values(), strict=True)
    values = {name: low + at * (high - low) for name, at, (low, high) in ranges}
    assert to_pixels(FaceShape(**values), 24).shape == (24, 24, 4)


@given(st.lists(expressions(), min_size=1, max_size=30), st.integers(1, 5))
def test_a_steady_emoji_was_the_answer_a_moment_ago(frames: list[Expression], patience: int) -> None:
    steady, answers = Steady(frames=patience), [smiley_of(frame) for frame in frames]
    for number, frame in enumerate(frames, start=1):
        assert steady.next(frame) in answers[max(0, number - patience) : number]
