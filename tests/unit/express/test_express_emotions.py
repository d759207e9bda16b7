import pickle
from math import nan

import numpy as np
import pytest

from smilecascade.express import EMOTIONS, Expression

HALVES = dict.fromkeys(EMOTIONS, 0.0) | {"happiness": 0.5, "anger": 0.5}


def test_expressions_are_in_the_order_of_the_votes() -> None:
    order = "neutral happiness surprise sadness anger disgust fear contempt"
    assert " ".join(EMOTIONS) == order


def test_probabilities_come_in_the_order_of_the_votes() -> None:
    given = dict(reversed(HALVES.items()))
    assert tuple(Expression(probabilities=given).probabilities) == EMOTIONS


def test_what_was_given_may_change_later() -> None:
    given = dict(HALVES)
    expression = Expression(probabilities=given)
    given["anger"] = 0.9
    assert expression.probabilities["anger"] == 0.5


def test_what_is_not_named_is_neutral() -> None:
    assert Expression.of(fear=0.25, smile=0.5) == Expression(
        probabilities=dict.fromkeys(EMOTIONS, 0.0) | {"neutral": 0.75, "fear": 0.25}, smile=0.5
    )


def test_of_equally_likely_expressions_the_first_is_on_top() -> None:
    assert Expression(probabilities=HALVES).top == "happiness"


def test_probabilities_of_a_network_become_plain_numbers() -> None:
    shares = dict.fromkeys(EMOTIONS, np.float32(0.125))
    assert {type(share) for share in Expression(probabilities=shares).probabilities.values()} == {float}


def test_it_travels_between_processes() -> None:
    expression = Expression(probabilities=HALVES, smile=0.5, eyes_closed=(0.0, 1.0))
    assert pickle.loads(pickle.dumps(expression)) == expression


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"probabilities": {"joy": 1.0}}, r"expected neutral, .*contempt, got \['joy'\]"),
        ({"probabilities": HALVES | {"anger": 0.4}}, "sum of 1, got 0.9"),
        ({"probabilities": HALVES | {"anger": nan}}, r"anger: expected a number in 0\.\.1, got nan"),
        ({"smile": 1.5}, r"smile: expected a number in 0\.\.1, got 1.5"),
        ({"mouth_open": -0.1}, r"mouth_open: .* got -0.1"),
        ({"eyes_closed": (0.5, nan)}, r"right eye: .* got nan"),
    ],
)
def test_what_cannot_be_is_refused_by_name(wrong: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Expression(**{"probabilities": HALVES} | wrong)
