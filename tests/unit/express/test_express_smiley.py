import pytest

from smilecascade.express import EMOTIONS, Expression, Steady, smiley_of
from smilecascade.express.smiley import FLEETING, RULES

of = Expression.of


@pytest.mark.parametrize(
    ("expression", "emoji"),
    [
        (of(), "😐"),
        (of(happiness=0.4), "🙂"),
        (of(happiness=0.6), "🙂"),
        (of(happiness=0.6, mouth_open=0.9), "😀"),
        (of(happiness=0.95), "😊"),
        (of(surprise=0.6), "😮"),
        (of(surprise=0.9), "😲"),
        (of(sadness=0.4), "🙁"),
        (of(sadness=0.7), "😢"),
        (of(anger=0.6), "😠"),
        (of(anger=0.9), "😡"),
        (of(disgust=0.6), "🤢"),
        (of(fear=0.6), "😨"),
        (of(contempt=0.6), "😏"),
        (of(happiness=0.5, surprise=0.4), "😃"),
        (of(fear=0.5, surprise=0.4), "😱"),
        (of(smile=0.8), "🙂"),
        (of(eyes_closed=(0.9, 0.9)), "😴"),
        (of(eyes_closed=(0.9, 0.9), mouth_open=0.9), "🥱"),
        (of(eyes_closed=(0.9, 0.1)), "😉"),
        (of(eyes_closed=(0.1, 0.9), happiness=0.6), "😉"),
        (of(eyes_closed=(0.9, 0.9), happiness=0.6), "😊"),
        (of(eyes_closed=(0.9, 0.9), happiness=0.6, mouth_open=0.9), "😆"),
        (of(eyes_closed=(0.9, 0.9), sadness=0.6), "😔"),
        (of(eyes_closed=(0.9, 0.9), sadness=0.6, mouth_open=0.9), "😭"),
        (of(eyes_closed=(0.9, 0.9), anger=0.6), "😣"),
        (of(eyes_closed=(0.9, 0.9), disgust=0.6), "😖"),
    ],
)
def test_an_expression_has_its_emoji(expression: Expression, emoji: str) -> None:
    assert smiley_of(expression) == emoji


@pytest.mark.parametrize("name", EMOTIONS)
def test_what_was_not_looked_for_is_as_if_it_were_not_there(name: str) -> None:
    nothing = of(**{name: 1.0}, smile=0.0, mouth_open=0.0, eyes_closed=(0.0, 0.0))
    assert smiley_of(of(**{name: 1.0})) == smiley_of(nothing)


def test_rules_ask_for_what_there_is() -> None:
    known = {*EMOTIONS, *FLEETING, "smile"}
    assert {name for rule in RULES for name in rule.least} <= known
    assert {rule.leads for rule in RULES} <= {None, *EMOTIONS}


def test_the_first_frame_has_its_own_emoji() -> None:
    assert Steady().next(of(anger=0.6)) == "😠"


def test_a_clear_lead_shows_at_once() -> None:
    steady = Steady(margin=0.15)
    assert [steady.next(of(anger=share)) for share in (0.2, 0.65)] == ["😐", "😠"]


def test_a_narrow_lead_shows_after_some_frames() -> None:
    steady = Steady(margin=0.15, frames=3)
    assert [steady.next(of(anger=share)) for share in (0.2, 0.55, 0.55, 0.55)] == ["😐", "😐", "😐", "😠"]


def test_what_flickers_is_not_shown() -> None:
    steady = Steady(margin=0.15, frames=3)
    shown = {steady.next(of(anger=share)) for share in (0.4, 0.55, 0.55, 0.4) * 5}
    assert shown == {"😐"}


def test_a_blink_is_no_sleep() -> None:
    steady = Steady(frames=5)
    blink = [steady.next(of(eyes_closed=(shut, shut))) for shut in (0, 1, 1, 1, 0)]
    asleep = [steady.next(of(eyes_closed=(1, 1))) for _ in range(5)]
    assert set(blink) == {"😐"}
    assert asleep == ["😐"] * 4 + ["😴"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"margin": 2}, "margin: expected a number from 0 to 1, got 2"), ({"frames": 0}, "frames: .* got 0")],
)
def test_a_patience_that_is_none_is_refused(wrong: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Steady(**wrong)
