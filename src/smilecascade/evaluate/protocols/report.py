"""The figures of the protocols as tables, and the files that they are made from and lead to.

FDDB: ``fold-NN-out.txt`` as the set's program reads them, ``DiscROC.txt`` and ``ContROC.txt`` as
it writes them: rate, false positives, threshold. WIDER FACE: EVENT/PHOTO.txt as its program
reads them, and the curves as a table. Each detector has a folder of its own.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np

from smilecascade.evaluate.protocols.fddb import FALSE_POSITIVES, Figures, Fold, Roc
from smilecascade.evaluate.protocols.overlaps import Values
from smilecascade.evaluate.protocols.wider import Curve
from smilecascade.evaluate.report import markdown
from smilecascade.interchange import fddb, wider
from smilecascade.interchange.regions import MarkedPhoto

#: Each detector's curves by the name of the subset.
Curves = Mapping[str, Mapping[str, Curve]]


def fddb_table(detectors: Mapping[str, Figures]) -> str:
    """A Markdown table, a line a detector and score: true positive rates at so many false positives."""
    titles = ("detector", "score", *(f"TPR at {count}" for count in FALSE_POSITIVES))
    lines = [
        (name, score, *map(_shown, rates))
        for name, figures in detectors.items()
        for score, rates in figures.rates().items()
    ]
    return markdown(titles, lines)


def wider_table(detectors: Curves) -> str:
    """A Markdown table, a line a detector and a column a subset: average precision."""
    subsets = next(iter(detectors.values()))
    lines = [
        (name, *(_shown(curve.average_precision) for curve in curves.values()))
        for name, curves in detectors.items()
    ]
    return markdown(("detector", *(f"AP {subset}" for subset in subsets)), lines)


def write_fddb(
    out: Path,
    facts: Mapping[str, Any],
    folds: Sequence[Fold],
    detectors: Mapping[str, Figures],
    found: Mapping[str, Sequence[MarkedPhoto]],
) -> None:
    """Write figures.json, and each detector's detections and curves over all photos at once."""
    for name, figures in detectors.items():
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        rest = iter(found[name])
        for fold in folds:
            fddb.write_results(islice(rest, len(fold.photos)), folder / f"fold-{fold.number}-out.txt")
        _write_roc(folder / "DiscROC.txt", figures.pooled, figures.pooled.discrete)
        _write_roc(folder / "ContROC.txt", figures.pooled, figures.pooled.continuous)
    rows = {
        name: {score: list(map(_or_none, rates)) for score, rates in figures.rates().items()}
        for name, figures in detectors.items()
    }
    _write_figures(out, {**facts, "false_positives": FALSE_POSITIVES, "detectors": rows})


def write_wider(
    out: Path, facts: Mapping[str, Any], detectors: Curves, found: Mapping[str, Sequence[MarkedPhoto]]
) -> None:
    """Write figures.json, precision_recall.csv, and each detector's detections."""
    for name, photos in found.items():
        wider.write_results(photos, out / name)
    with (out / "precision_recall.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(("detector", "subset", "recall", "precision"))
        for name, curves in detectors.items():
            for subset, curve in curves.items():
                points = zip(curve.recall, curve.precision, strict=True)
                table.writerows((name, subset, f"{recall:.6f}", f"{right:.6f}") for recall, right in points)
    rows = {name: dict(_plain(curves)) for name, curves in detectors.items()}
    _write_figures(out, {**facts, "detectors": rows})


def _plain(curves: Mapping[str, Curve]) -> Iterator[tuple[str, dict[str, Any]]]:
    for subset, curve in curves.items():
        yield subset, {"faces": curve.faces, "ap": _or_none(curve.average_precision)}


def _write_roc(path: Path, roc: Roc, rates: Values) -> None:
    columns = np.stack([rates, roc.false_positives, roc.thresholds], axis=1)
    np.savetxt(path, columns, fmt=("%.6f", "%d", "%.9g"))


def _write_figures(out: Path, content: Mapping[str, Any]) -> None:
    (out / "figures.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _or_none(figure: float) -> float | None:
    return None if isnan(figure) else figure


def _shown(figure: float) -> str:
    return "–" if isnan(figure) else f"{figure:.4f}"
