"""Learning curves as pictures, before on the left and after on the right, on the same axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from math import ceil
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from smilecascade.train.experiments.curves import Curves
from smilecascade.train.experiments.plan import CALIBRATION, Comparison

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The axis shows errors up to so many times the median of the final ones at most: the first steps would
#: hide the rest.
_TALLEST = 4.0

#: Panels beside each other, so that a page need not shrink them, and the letters of a caption's line.
_BESIDE, _WIDEST = 3, 28

STYLE = files("smilecascade") / "plots.mplstyle"

_ERRORS = {CALIBRATION: "error of dx, dy, ln s"}


def draw_curves(path: Path, comparison: Comparison, curves: Mapping[str, Curves]) -> None:
    """A panel a variant: the error of each seed, their mean, and the spread between them. An SVG.

    Seeds that have diverged are left out from there on.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    shown = [curves[variant.name] for variant in comparison.variants]
    columns, rows = min(len(shown), _BESIDE), ceil(len(shown) / _BESIDE)
    with as_file(STYLE) as style, rc_context(fname=style):
        figure = Figure(figsize=(2.6 * columns + 0.6, 2.3 * rows + 0.3), layout="constrained")
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for number, (panel, each) in enumerate(zip(panels.flat, shown, strict=False)):
            _draw(panel, each, f"C{number}")
        for panel in panels.flat[len(shown) :]:
            panel.set_visible(False)
        figure.supylabel(_ERRORS.get(comparison.curve, "error"))
        figure.supxlabel("step")
        panels[0, 0].set_ylim(0, _top(shown))
        figure.savefig(path, metadata={"Date": None})


def _top(shown: Sequence[Curves]) -> float | None:
    """The largest error that the axis shows; None where no net ends with an error above zero."""
    errors = np.concatenate([each.errors.ravel() for each in shown])
    final = np.concatenate([each.final() for each in shown])
    known = final[np.isfinite(final)]
    if not known.any():
        return None
    return min(1.05 * float(np.nanmax(errors)), _TALLEST * float(np.median(known)))


def _draw(panel: Axes, curves: Curves, colour: str) -> None:
    known = np.ma.masked_invalid(curves.errors)
    mean, low, high = (reduced(axis=0).filled(np.nan) for reduced in (known.mean, known.min, known.max))
    panel.fill_between(curves.steps, low, high, color=colour, alpha=0.2, linewidth=0)
    for errors in curves.errors:
        panel.plot(curves.steps, errors, color=colour, alpha=0.5, linewidth=0.7)
    panel.plot(curves.steps, mean, color=colour)
    panel.set_title(fill(curves.variant.caption, _WIDEST))
