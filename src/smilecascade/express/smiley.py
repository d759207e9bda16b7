"""An emoji for what a face shows: a table of rules, and a steady hand for video."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from smilecascade.express.emotions import Expression

#: What comes and goes within a moment: a blink, a spoken word.
FLEETING = {"wink", "both_closed", "mouth_open"}


@dataclass(frozen=True)
class Rule:
    """An emoji and when it is shown.

    leads: the expression that must be the likeliest; None: whichever.
    least: what must be at least how likely, by name: expressions, ``smile``, and of ``FLEETING``
           (wink: one eye is closed and the other is not). What nobody looked for is not there.
    """

    emoji: str
    leads: str | None = None
    least: Mapping[str, float] = field(default_factory=dict)

    def holds(self, expression: Expression) -> bool:
        """Whether the expression is as the rule wants it."""
        seen = _seen(expression)
        led = self.leads in (None, expression.top)
        return led and all(seen[name] >= least for name, least in self.least.items())

    def holds_firmly(self, expression: Expression, margin: float) -> bool:
        """Whether it is so by a margin of probability, and by nothing that may pass in a moment."""
        seen = _seen(expression)
        lasting = not FLEETING & set(self.least)
        led = self.leads is None or _lead(expression, self.leads) >= margin
        return lasting and led and all(seen[name] >= least + margin for name, least in self.least.items())


#: What is shown for what, the most specific first; the last one always holds.
RULES = (
    Rule("😆", "happiness", {"both_closed": 0.6, "mouth_open": 0.6}),
    Rule("😊", "happiness", {"both_closed": 0.6}),
    Rule("😭", "sadness", {"both_closed": 0.6, "mouth_open": 0.6}),
    Rule("😔", "sadness", {"both_closed": 0.6}),
    Rule("😣", "anger", {"both_closed": 0.6}),
    Rule("😖", "disgust", {"both_closed": 0.6}),
    Rule("🥱", "neutral", {"both_closed": 0.6, "mouth_open": 0.6}),
    Rule("😴", "neutral", {"both_closed": 0.6}),
    Rule("😉", None, {"wink": 0.6}),
    Rule("😱", None, {"surprise": 0.3, "fear": 0.3}),
    Rule("😃", None, {"surprise": 0.3, "happiness": 0.3}),
    Rule("😀", "happiness", {"mouth_open": 0.6}),
    Rule("😊", "happiness", {"happiness": 0.9}),
    Rule("🙂", "happiness"),
    Rule("😲", "surprise", {"surprise": 0.75}),
    Rule("😮", "surprise"),
    Rule("😢", "sadness", {"sadness": 0.5}),
    Rule("🙁", "sadness"),
    Rule("😡", "anger", {"anger": 0.75}),
    Rule("😠", "anger"),
    Rule("🤢", "disgust"),
    Rule("😨", "fear"),
    Rule("😏", "contempt"),
    Rule("🙂", "neutral", {"smile": 0.5}),
    Rule("🙂", "neutral", {"happiness": 0.3}),
    Rule("🙁", "neutral", {"sadness": 0.35}),
    Rule("😐"),
)


def smiley_of(expression: Expression) -> str:
    """The emoji for an expression: that of the first of ``RULES`` that holds."""
    return _rule_of(expression).emoji


class Steady:
    """Emojis for one face from frame to frame of a video, without flicker.

    Another emoji is shown once it leads by a margin of probability (0..1), or once the shown one has
    not been the answer for this many frames. A blink or a word never counts as a lead.
    """

    def __init__(self, *, margin: float = 0.15, frames: int = 10) -> None:
        if not 0 <= margin <= 1:
            raise ValueError(f"margin: expected a number from 0 to 1, got {margin}")
        if frames < 1:
            raise ValueError(f"frames: expected a whole number from 1 up, got {frames}")
        self._margin, self._frames = margin, frames
        self._shown: str | None = None
        self._doubts = 0

    def next(self, expression: Expression) -> str:
        """The emoji to show for the next frame."""
        rule = _rule_of(expression)
        self._doubts = 0 if rule.emoji == self._shown else self._doubts + 1
        patient = self._shown is not None and self._doubts < self._frames
        if not patient or rule.holds_firmly(expression, self._margin):
            self._shown, self._doubts = rule.emoji, 0
        assert self._shown is not None
        return self._shown


def _rule_of(expression: Expression) -> Rule:
    return next(rule for rule in RULES if rule.holds(expression))


def _lead(expression: Expression, name: str) -> float:
    """How far an expression is ahead of the likeliest other one; negative where it is behind."""
    others = (share for other, share in expression.probabilities.items() if other != name)
    return expression.probabilities[name] - max(others)


def _seen(expression: Expression) -> dict[str, float]:
    left, right = expression.eyes_closed or (0.0, 0.0)
    return {
        **expression.probabilities,
        "smile": expression.smile or 0,
        "mouth_open": expression.mouth_open or 0,
        "both_closed": min(left, right),
        "wink": abs(left - right),
    }
