"""The report of an experiment: a Markdown page with its curves and figures.

The paragraph that answers the claim is written by a person; a page that is made anew keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from smilecascade.errors import SpecError
from smilecascade.evaluate.report import markdown
from smilecascade.nets import entry
from smilecascade.specs import TrainSpec
from smilecascade.train.experiments.curves import Curves, Floats
from smilecascade.train.experiments.plan import CALIBRATION, Comparison, Experiment
from smilecascade.train.experiments.plots import draw_curves

#: What a person writes stands between these.
ANSWER, ANSWER_END = "<!-- the answer, written by hand -->", "<!-- end of the answer -->"

_UNANSWERED = "*Not answered yet.*"

#: The folder of the pictures, beside the pages.
IMAGES = "images"

_FIGURES = ("largest rise", "unrest", "steps to 90%", "ms a step", "minutes")

_LEGEND = """Mean ± standard deviation over the seeds; thin lines are single seeds. Errors are those of
windows of photos that nothing is learned from, the same for all. *Final error*: the mean of the last
quarter of the validations. *Largest rise*: of the error from one validation to the next, after the first
quarter. *Unrest*: the mean change from one validation to the next in the last half. *Steps to 90%*: until
the loss has come nine tenths of its way from the first step to the last. *ms a step*, *minutes*: the
processor's time of a step and of a whole training, without validation, on one core."""

#: How errors are written: what they are called, the factor, the digits.
_PER_CENT, _SIDES = ("final error, %", 100, ".2f"), ("final error of dx, dy, ln s", 1, ".4f")


def trained_page(
    experiment: Experiment, curves: Mapping[str, Curves], out: Path, *, made_by: str, more: str = ""
) -> Path:
    """Write ``NAME.md`` and its pictures into the folder ``out``; returns the page.

    curves: by the variant's name. made_by: a sentence on how it was made. more: further parts of the page.
    """
    (out / IMAGES).mkdir(parents=True, exist_ok=True)
    parts = [*_comparisons(experiment, curves, out / IMAGES), _LEGEND, more]
    return write_page(
        experiment.name, experiment.title, experiment.claim, "\n\n".join(parts), out, made_by=made_by
    )


def write_page(name: str, title: str, claim: str, body: str, out: Path, *, made_by: str) -> Path:
    """Write a report, to the side first; the answer that its page has already stays.

    Raises SpecError where there is a page without marks of where the answer stands.
    """
    page = out / f"{name}.md"
    answer = f"{ANSWER}\n{_answer_of(page)}\n{ANSWER_END}"
    text = f"# {title}\n\n**The article's claim.** {claim}\n\n{answer}\n\n{body.strip()}\n\n{made_by}\n"
    out.mkdir(parents=True, exist_ok=True)
    partial = page.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    partial.replace(page)
    return page


def _answer_of(page: Path) -> str:
    """The paragraph that a person wrote into a page, or that there is none."""
    if not page.exists():
        return _UNANSWERED
    _, begun, rest = page.read_text("utf-8").partition(ANSWER)
    answer, ended, _ = rest.partition(ANSWER_END)
    if not (begun and ended):
        raise SpecError(
            f"{page}: its answer does not stand between {ANSWER!r} and {ANSWER_END!r}, and would be lost; "
            "put these lines back, or move the page away"
        )
    return answer.strip()


def _comparisons(experiment: Experiment, curves: Mapping[str, Curves], images: Path) -> Iterator[str]:
    for number, comparison in enumerate(experiment.comparisons, start=1):
        picture = images / f"{experiment.name}-{number}.svg"
        draw_curves(picture, comparison, curves)
        captions = ", ".join(variant.caption for variant in comparison.variants)
        yield f"## {comparison.title}"
        yield f"![Learning curves: {captions}]({IMAGES}/{picture.name})"
        yield _sizes([variant.train for variant in comparison.variants], experiment.seeds)
        yield _table(comparison, [curves[variant.name] for variant in comparison.variants])


def _sizes(trains: list[TrainSpec], seeds: int) -> str:
    """How much is learned from, and how."""
    sizes = _listed(
        f"{train.steps:,} steps of {train.batch} windows of {entry(train.net).window} px, "
        f"{train.steps * train.batch:,} in all, in {train.precision}"
        for train in trains
    )
    rates = _listed(f"{train.learning_rate:g}" for train in trains)
    return (
        f"Each with {_counted(seeds)}: {sizes}; learning rate {rates}, the same to the end after a warm-up."
    )


def _listed(texts: Iterator[str]) -> str:
    return " or ".join(dict.fromkeys(texts))


def _counted(seeds: int) -> str:
    return f"{seeds} seeds" if seeds > 1 else "one seed"


def _table(comparison: Comparison, rows: list[Curves]) -> str:
    error, factor, digits = _SIDES if comparison.curve == CALIBRATION else _PER_CENT
    return markdown(("variant", "weights", error, *_FIGURES), [_row(each, factor, digits) for each in rows])


def _row(curves: Curves, factor: float, digits: str) -> list[str]:
    step_ms = float(np.median(curves.step_ms))
    return [
        curves.variant.caption,
        f"{curves.weights:,}",
        *(spread(of() * factor, digits) for of in (curves.final, curves.spike, curves.unrest)),
        spread(curves.nearly(), ".0f", lost="never"),
        f"{step_ms:.0f}",
        f"{step_ms * curves.variant.train.steps / 60000:.1f}",
    ]


def spread(values: Floats, digits: str, *, lost: str = "diverged") -> str:
    """Mean ± standard deviation; of one value the value. lost: what those that are NaN have done."""
    known = values[np.isfinite(values)]
    if not len(known):
        return lost
    around = f" ± {known.std(ddof=1):{digits}}" if len(known) > 1 else ""
    others = f" ({len(values) - len(known)} {lost})" if len(known) < len(values) else ""
    return f"{known.mean():{digits}}{around}{others}"
