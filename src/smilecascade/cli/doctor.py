"""``smilecascade doctor``: what this installation is made of, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smilecascade.cli.failures import OK, one_line
from smilecascade.cli.options import bundle_option, debug_option
from smilecascade.cli.targets import standard_output

if TYPE_CHECKING:
    from smilecascade.doctor import Finding

#: The exit code where something is wrong.
WRONG = 1

#: How each state is marked.
MARKS = {"well": " ", "absent": "-", "wrong": "!"}


@click.command()
@bundle_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, for a report of an issue.")
@debug_option
def doctor(bundle: Path | None, as_json: bool) -> int:
    """Say what is wrong with this installation, and what mends it.

    Versions and extras, the machine, the weights and their hashes, ONNX Runtime's execution
    provider, and a look at a photo that comes with the program. "!" marks what is wrong, "-"
    what is not installed and only needed for some commands.

    Exit 0: nothing is wrong; 1: something is.
    """
    from smilecascade.doctor import examine

    findings = list(examine(bundle))
    well = all(finding.state != "wrong" for finding in findings)
    text = _json(findings, well) if as_json else _text(findings, well)
    click.echo(text, file=standard_output())
    return OK if well else WRONG


def _json(findings: Sequence[Finding], well: bool) -> str:
    content = {"well": well, "findings": [asdict(finding) for finding in findings]}
    return json.dumps(content, indent=2, ensure_ascii=False)


def _text(findings: Sequence[Finding], well: bool) -> str:
    width = max(len(finding.what) for finding in findings)
    lines = [line for finding in findings for line in _lines(finding, width)]
    return "\n".join([*lines, "", "nothing is wrong" if well else "what is marked ! is wrong"])


def _lines(finding: Finding, width: int) -> list[str]:
    """The finding, and below it what mends it."""
    first = f"{MARKS[finding.state]} {finding.what:{width}}  {one_line(finding.found)}"
    return [first, f"  {'':{width}}  → {one_line(finding.mend)}"] if finding.mend else [first]
