"""``smilecascade evaluate --by-size`` and ``--worst``: which faces are found, and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from smilecascade.cli.targets import standard_output
from smilecascade.evaluate.breakdown import ALARMS, breakdown, least_score_at
from smilecascade.evaluate.measure import Found, Performance
from smilecascade.evaluate.report import breakdown_table
from smilecascade.evaluate.worst import mistakes, write_sheets
from smilecascade.records import AnnotatedPhoto


def print_by_size(
    performances: Sequence[Performance],
    photos: Sequence[AnnotatedPhoto],
    found: Mapping[str, Sequence[Found]],
    tints: Sequence[str],
    min_face: float,
) -> None:
    """Print of each detector which faces it finds, at the same number of false alarms."""
    for one in performances:
        least_score = least_score_at(ALARMS, one)
        shares = breakdown(
            photos, found[one.detector], min_face=min_face, least_score=least_score, tints=tints
        )
        _print(f"{one.detector}, recall at {ALARMS:g} false positive a photo:", breakdown_table(shares))


def write_worst(
    folder: Path,
    photos: Sequence[AnnotatedPhoto],
    found: Sequence[Found],
    tints: Sequence[str],
    *,
    min_face: float,
    least_score: float,
) -> None:
    """Write contact sheets of what is wrong if faces from a score on are reported, and which are found."""
    wrong = mistakes(photos, found, min_face=min_face, least_score=least_score)
    write_sheets(folder, wrong)
    shares = breakdown(photos, found, min_face=min_face, least_score=least_score, tints=tints)
    title, table = f"Recall from a score of {least_score:.3f} on:", breakdown_table(shares)
    (folder / "recall.md").write_text(f"{title}\n\n{table}\n", "utf-8")
    counts = f"{len(wrong.missed)} missed faces and {len(wrong.false_alarms)} false alarms are in {folder}."
    _print(f"{counts} {title}", table)


def _print(title: str, table: str) -> None:
    click.echo(f"\n{title}\n\n{table}", file=standard_output())
