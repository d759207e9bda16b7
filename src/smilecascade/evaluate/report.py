"""Figures as tables that people read, and as files that programs read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import groupby
from math import isinf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smilecascade.errors import SmilecascadeError
from smilecascade.evaluate.breakdown import Share
from smilecascade.evaluate.curves import Figure
from smilecascade.evaluate.levels import LevelSummary
from smilecascade.evaluate.measure import Performance
from smilecascade.export import FoundFaces, to_json

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The levels of each detector that works in levels, by its name.
Levels = Mapping[str, Iterable[LevelSummary]]

#: The least number of false positives a photo that the FROC plot shows; its scale is logarithmic.
LEAST_SHOWN = 0.01


def figures_table(performances: Iterable[Performance]) -> str:
    """A Markdown table, a line a detector; figures that do not exist are a dash."""
    titles = ("detector", "AP", "recall at 0.1", "recall at 1", "AP at IoU 0.7")
    lines = [
        (one.detector, *map(shown, (one.ap, one.recall_tenth, one.recall_one, one.ap_70)))
        for one in performances
    ]
    return markdown(titles, lines)


def levels_table(summaries: Iterable[LevelSummary]) -> str:
    """A Markdown table, a line a level, of what ``LevelSummary`` holds; what does not exist is a dash.

    IoU: before and after calibration. ms: milliseconds a photo.
    """
    counts = ("windows in", "classified", "left", "recall kept", "left a face")
    titles = ("level", *counts, "IoU before", "IoU after", "ms")
    return markdown(titles, [_level_line(one) for one in summaries])


def breakdown_table(shares: Sequence[Share]) -> str:
    """A Markdown table, a line a group and a column a size: recall, and of how many faces."""
    sizes = list(dict.fromkeys((share.least, share.most) for share in shares))
    titles = ("faces", *(_range(*size) for size in sizes))
    lines = [
        (name, *(f"{_or_dash(share.recall, '.3f')} of {share.faces}" for share in group))
        for name, group in groupby(shares, key=lambda share: share.group)
    ]
    return markdown(titles, lines)


def markdown(titles: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns also line up as plain text; the first is set to the left."""
    widths = [max(map(len, column)) for column in zip(titles, *lines, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_aligned(cells, widths) for cells in (titles, rule, *lines))


def shown(figure: Figure) -> str:
    """A figure with its interval, to three decimals."""
    if isnan(figure.value):
        return "–"
    return f"{figure.value:.3f} ({figure.low:.3f}–{figure.high:.3f})"


def summary(performances: Sequence[Performance], levels: Levels) -> str:
    """What was measured with, and the tables of all that was measured."""
    first = performances[0]
    parts = [f"{first.photos} photos, {first.faces} wanted faces", figures_table(performances)]
    for name, summaries in levels.items():
        parts += [f"{name}:"] if len(levels) > 1 else []
        parts.append(levels_table(summaries))
    return "\n\n".join(parts)


def write_all(
    folder: Path,
    facts: Mapping[str, Any],
    performances: Sequence[Performance],
    levels: Levels,
    found: Mapping[str, Iterable[FoundFaces]],
) -> None:
    """Write each of the files below into a folder, under its usual name."""
    write_figures(folder / "figures.json", facts, performances, levels)
    write_froc(folder / "froc.csv", performances)
    draw_froc(folder / "froc.png", performances)
    write_levels(folder / "levels.csv", levels)
    write_detections(folder / "detections.jsonl", found)


def write_figures(
    path: Path,
    facts: Mapping[str, Any],
    performances: Iterable[Performance],
    levels: Levels,
) -> None:
    """Write all figures as JSON, after the facts that say how they came about.

    A figure that does not exist is null.
    """
    rows = [{"detector": name, **asdict(one)} for name, summaries in levels.items() for one in summaries]
    content = {**facts, "detectors": [_plain(one) for one in performances], "levels": rows}
    path.write_text(json.dumps(_without_nan(content), indent=2, ensure_ascii=False) + "\n", "utf-8")


def write_froc(path: Path, performances: Iterable[Performance]) -> None:
    """Write the FROC curves as CSV, a line a detector and threshold."""
    titles = ("detector", "threshold", "false_positives_a_photo", "recall")
    lines = (
        (one.detector, f"{threshold:.6f}", f"{rate:.6f}", f"{recall:.6f}")
        for one in performances
        for threshold, rate, recall in zip(
            one.froc.thresholds, one.froc.false_positives_a_photo, one.froc.recall, strict=True
        )
    )
    _write_csv(path, titles, lines)


def write_levels(path: Path, levels: Levels) -> None:
    """Write the levels as CSV, a line a detector and level; level 0 is the filter over everything."""
    titles = ("detector", *(field.name for field in fields(LevelSummary)))
    lines = (
        [detector, *(f"{value:.6g}" for value in asdict(one).values())]
        for detector, summaries in levels.items()
        for one in summaries
    )
    _write_csv(path, titles, lines)


def write_detections(path: Path, found: Mapping[str, Iterable[FoundFaces]]) -> None:
    """Write what each detector found as JSON lines: an object a detector and photo, boxes unfitted."""
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
        for detector, photos in found.items():
            for photo in photos:
                line = {"detector": detector, **to_json(photo)}
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def draw_froc(path: Path, performances: Iterable[Performance]) -> None:
    """Draw the FROC curves as a PNG. Raises SmilecascadeError where matplotlib is missing."""
    require_matplotlib()
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=(7, 5), layout="constrained")
    axes = drawing.add_subplot()
    for one in performances:
        rates = one.froc.false_positives_a_photo.clip(LEAST_SHOWN)
        axes.step(rates, one.froc.recall, where="post", label=f"{one.detector}, AP {one.ap.value:.3f}")
    _dress(axes)
    drawing.savefig(path, dpi=120)


def require_matplotlib() -> None:
    """Raise SmilecascadeError, naming the extra, where matplotlib is not installed."""
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        raise SmilecascadeError(
            "matplotlib is not installed, and curves need it: pip install 'smilecascade[benchmark]'"
        ) from None


def _dress(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_xlim(LEAST_SHOWN, 10)
    axes.set_ylim(0, 1)
    axes.set_xlabel("false positives a photo")
    axes.set_ylabel("recall at IoU 0.5")
    axes.grid(alpha=0.3)
    if axes.lines:
        axes.legend(loc="lower right")


def _level_line(one: LevelSummary) -> tuple[str, ...]:
    return (
        str(one.level) if one.level else "all",
        *(f"{count:.1f}" for count in (one.entered, one.classified, one.left)),
        _or_dash(one.recall, ".2%"),
        _or_dash(one.per_face, ".2f"),
        _or_dash(one.iou_before, ".3f"),
        _or_dash(one.iou_after, ".3f"),
        f"{one.elapsed_ms:.2f}",
    )


def _range(least: float, most: float) -> str:
    return f"from {least:g} px" if isinf(most) else f"{least:g} to {most:g} px"


def _or_dash(value: float, form: str) -> str:
    return "–" if isnan(value) else format(value, form)


def _plain(one: Performance) -> dict[str, Any]:
    """All but the curve, which has a file of its own."""
    return {name: value for name, value in asdict(one).items() if name != "froc"}


def _without_nan(value: Any) -> Any:
    match value:
        case float() if isnan(value):
            return None
        case dict():
            return {key: _without_nan(item) for key, item in value.items()}
        case list() | tuple():
            return [_without_nan(item) for item in value]
    return value


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join([first.lstrip().ljust(widths[0]), *others]) + " |"


def _write_csv(path: Path, titles: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(titles)
        writer.writerows(lines)
