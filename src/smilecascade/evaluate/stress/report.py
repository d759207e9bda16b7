"""Hard cases as a table that people read, as curves, and as a file that programs read."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, fields
from importlib.resources import as_file, files
from itertools import groupby
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from smilecascade.evaluate.report import markdown
from smilecascade.evaluate.stress.families import FAMILIES, Family
from smilecascade.evaluate.stress.measure import Step

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE = files("smilecascade") / "plots.mplstyle"

#: What the numbers in a cell of the table are.
LEGEND = "the share of the faces found; of those found at the mildest step; false alarms a photo"

#: Panels side by side.
COLUMNS = 4

#: How high the panels of false alarms are beside those of recall.
_LOW = 0.45


def table(steps: Sequence[Step]) -> str:
    """A Markdown table, a line a step: of each detector what ``LEGEND`` says.

    A detector that is not measured in a family has a dash there.
    """
    names = list(dict.fromkeys(one.detector for one in steps))
    titles = ("hard case", "step", "faces", *names)
    lines = []
    for (family, step), group in groupby(steps, key=lambda one: (one.family, one.step)):
        told = {one.detector: one for one in group}
        faces = max(one.faces for one in told.values())
        cells = (_cell(told[name]) if name in told else "–" for name in names)
        lines.append((family, f"{step:g}", str(faces), *cells))
    return markdown(titles, lines)


def write_csv(path: Path, steps: Sequence[Step]) -> None:
    """Write all that is known as CSV, a line a detector and step."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(Step)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(one) for one in steps)


def draw(path: Path, steps: Sequence[Step], families: Sequence[Family] = FAMILIES) -> None:
    """Draw recall, and below it false alarms a photo, against the steps of each family, as an SVG."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(one.detector for one in steps))
    with as_file(STYLE) as style, rc_context(fname=style):
        rows = -(-len(families) // COLUMNS)
        figure = Figure(figsize=(2.6 * COLUMNS, 2.9 * rows + 0.3), layout="constrained")
        panels = figure.subplots(2 * rows, COLUMNS, sharey="row", height_ratios=[1, _LOW] * rows)
        for place in range(rows * COLUMNS):
            row, column = 2 * (place // COLUMNS), place % COLUMNS
            pair = panels[row, column], panels[row + 1, column]
            _draw(*pair, families[place] if place < len(families) else None, steps, names)
            if column == 0:
                pair[0].set_ylabel("found")
                pair[1].set_ylabel("false alarms\na photo")
        figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=len(names))
        figure.savefig(path, metadata={"Date": None})


def _draw(
    found: Axes, alarms: Axes, family: Family | None, steps: Sequence[Step], names: Sequence[str]
) -> None:
    """A family's two panels, one above the other, on the same axis; without a family nothing."""
    if family is None:
        found.set_axis_off()
        alarms.set_axis_off()
        return
    for number, name in enumerate(names):
        own = [one for one in steps if one.family == family.name and one.detector == name]
        at = [one.step for one in own]
        found.plot(at, [one.recall for one in own], label=name, color=f"C{number}")
        alarms.plot(at, [one.false_alarms for one in own], color=f"C{number}")
    found.set_title(family.name)
    found.set_ylim(0, 1.02)
    found.tick_params(labelbottom=False)
    alarms.set_ylim(bottom=0)
    alarms.set_xlabel(family.unit)
    for panel in (found, alarms):
        panel.set_xscale(family.scale)
        panel.set_xlim(family.steps[0], family.steps[-1])
        panel.set_xticks(family.ticks, [f"{tick:g}" for tick in family.ticks], minor=False)
        panel.minorticks_off()


def _cell(one: Step) -> str:
    return "–" if isnan(one.recall) else f"{one.recall:.3f} {one.kept:.3f} {one.false_alarms:.2f}"
