"""``smilecascade evaluate --stress``: the faces that are hard to find, family by family."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from smilecascade.analyze import Cascade
from smilecascade.cli.progress import Progress
from smilecascade.cli.targets import standard_output
from smilecascade.evaluate.peers import Detector, Ours
from smilecascade.evaluate.stress import report
from smilecascade.evaluate.stress.measure import Entrant, Rotating, Style, measured, styles
from smilecascade.images import read
from smilecascade.mipmaps import Pixels
from smilecascade.records import AnnotatedPhoto

#: The family in which the cascade also looks at photos turned by right angles.
ROLL = frozenset({"roll"})


def hard_cases(
    cascade: Cascade,
    peers: Sequence[Detector],
    photos: Sequence[AnnotatedPhoto],
    min_face: float,
    *,
    threads: int,
    out: Path | None,
    facts: Mapping[str, Any],
) -> None:
    """Print how many hard faces each detector finds, and write the table and its curves into a folder.

    facts: how the figures come about, ``seed`` and ``folder`` among it; written beside them.
    """
    entrants = [
        Entrant(detector=Ours(cascade=cascade), at_its_threshold=True),
        Entrant(detector=Rotating(cascade, threads=threads), families=ROLL, at_its_threshold=True),
        *(Entrant(detector=peer) for peer in peers),
    ]
    with Progress(2 * len(photos), visible=True) as progress:
        told = styles(entrants, _decoded(photos, progress), min_face=min_face)
        seen = _decoded(photos, progress)
        steps = measured(entrants, told, seen, min_face=min_face, seed=facts["seed"])
    thresholds = _thresholds(entrants, told)
    legend = f"In each cell: {report.LEGEND}."
    parts = [f"{facts['folder']}: {len(photos)} photos", *thresholds, legend, report.table(steps)]
    click.echo("\n\n".join(parts), file=standard_output())
    if out:
        report.write_csv(out / "stress.csv", steps)
        report.draw(out / "stress.svg", steps)
        _write_facts(out / "stress.json", {**facts, "thresholds": thresholds})


def _decoded(photos: Sequence[AnnotatedPhoto], progress: Progress) -> Iterator[tuple[AnnotatedPhoto, Pixels]]:
    """Each photo with its pixels, one at a time."""
    for photo in photos:
        yield photo, read(photo.path)
        progress.advance()


def _thresholds(entrants: Sequence[Entrant], told: Mapping[str, Style]) -> list[str]:
    """For each detector that is not measured at its own threshold, at which it is."""
    return [
        f"{entrant.detector.name} counts from a score of {told[entrant.detector.name].least_score:.3f} up: "
        f"so it has no more false alarms on the plain photos than {entrants[0].detector.name}."
        for entrant in entrants
        if not entrant.at_its_threshold
    ]


def _write_facts(path: Path, facts: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
