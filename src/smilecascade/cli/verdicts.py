"""What ``smilecascade finetune`` tells of labels and bundles, and where the new bundle goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from smilecascade.bundle import MANIFEST, Bundle, open_bundle, write_bundle
from smilecascade.cli.failures import OK, one_line
from smilecascade.cli.targets import standard_output
from smilecascade.evaluate import report

if TYPE_CHECKING:
    from smilecascade.evaluate.measure import Performance
    from smilecascade.train.finetune.retrain import Outcome, Task

#: Exit code where the new bundle is not put in its place, since it is no better.
NOT_BETTER = 1

#: The name that tables give to the bundle that is in the place of the new one.
THERE = "there now"


def there_now(out: Path) -> dict[str, Bundle]:
    """The bundle that is in the place of the new one, by its name; empty where there is none."""
    return {THERE: open_bundle(out)} if (out / MANIFEST).is_file() else {}


def told(labels: Path, faults: Iterable[str], count: int) -> bool:
    """Tell faults of labels or photos, of ``count`` perhaps the first ones alone; whether there are any."""
    lines = [one_line(fault) for fault in faults]
    for line in lines:
        click.echo(f"error: {line}", err=True)
    if count:
        more = f", the first {len(lines)} of which are told" if count > len(lines) else ""
        faulty = "1 fault" if count == 1 else f"{count} faults"
        click.echo(f"error: {one_line(str(labels))}: {faulty}{more}; mend them and run again", err=True)
    return count > 0


def show(task: Task, outcome: Outcome) -> None:
    """Print the figures of old and new: on the held-back photos, and on the validation photos."""
    one = outcome.held_back["new"]
    parts = [
        f"held back: {one.photos} photos, {one.faces} wanted faces",
        report.figures_table(outcome.held_back.values()),
    ]
    if outcome.validation:
        new = outcome.validation["new"]
        parts.append(f"{task.validation}: {new.photos} photos, {new.faces} wanted faces")
        parts.append(report.figures_table(outcome.validation.values()))
    elif figures := task.base.manifest.get("figures"):
        parts.append(_of_manifest(figures))
    click.echo("\n\n".join(parts), file=standard_output())


def _of_manifest(figures: Mapping[str, Any]) -> str:
    """The figures that the base came with; those of the new bundle have not been measured."""
    names = {"ap": "AP", "recall_tenth": "recall at 0.1", "ap_70": "AP at IoU 0.7"}
    shown = ", ".join(f"{title} {figures[name]:.3f}" for name, title in names.items() if name in figures)
    return (
        f"the base on {figures.get('set', 'its validation set')}, by its manifest: {shown}; give that set "
        "with --validation to see what the retraining costs there"
    )


def place(outcome: Outcome, out: Path, *, force: bool) -> int:
    """Put the candidate in its place, if it is the better one or is to be put there all the same.

    Returns the exit code.
    """
    candidate, reason = outcome.candidate, _why_not(outcome.held_back)
    if reason and not force:
        click.echo(
            f"{out}: left as it is, since {reason}; the new bundle lies in {candidate.path}, and "
            "--resume --force puts it there all the same",
            err=True,
        )
        return NOT_BETTER
    more = {"aligner": candidate.aligner, "expression": candidate.expression}
    bundle = write_bundle(out, candidate.spec, candidate.nets, candidate.manifest, **more)
    click.echo(f"\n{bundle.path}: {len(bundle.nets)} levels, {bundle.digest[:12]}", file=standard_output())
    return OK


def _why_not(found: Mapping[str, Performance]) -> str:
    """Why the new bundle should not take the place; "" where nothing speaks against it."""
    from smilecascade.train.finetune.verdict import better

    new, base = found["new"], found["base"]
    if not better(new, base):
        return f"on the held-back photos the new bundle is not better than the base ({_compared(new, base)})"
    if THERE in found and better(found[THERE], new):
        return f"the bundle there is the better one ({_compared(found[THERE], new)})"
    return ""


def _compared(first: Performance, second: Performance) -> str:
    return f"AP {first.ap.value:.3f} against {second.ap.value:.3f}"
