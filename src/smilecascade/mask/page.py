"""The page of an audit: one HTML file that holds its pictures and asks nobody for anything."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from smilecascade.export import replacing
from smilecascade.mask.findings import Finding, Kind

#: So many pictures of one kind are shown, the surest first; of more nobody looks at each.
MOST = 1000


class _Section(NamedTuple):
    """choices: what may be done about it, in words, by its name in a review."""

    title: str
    explanation: str
    choices: Mapping[str, str]


_UNCOVERED = {"add": "cover it", "leave": "leave it, and do not ask again"}
_COVERED = {"remove": "take the cover away"}

_SECTIONS = {
    Kind.REMAINS: _Section(
        "What remains", "Places that are not covered, and as sure as faces that are reported.", _UNCOVERED
    ),
    Kind.WEAK: _Section("Weak sightings", "Places that are not covered and might be faces.", _UNCOVERED),
    Kind.UNSURE: _Section("Covered on suspicion", "Places that are covered and might be no faces.", _COVERED),
    Kind.SHORT: _Section(
        "Short tracks", "Faces of a video that were seen for a moment, and are covered.", _COVERED
    ),
}

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  color: #21201c; background: #faf8f2 }
.note { background: #ffe9a8; padding: .7rem 1rem; border-radius: .5rem }
.cards { display: flex; flex-wrap: wrap; gap: 1rem }
figure { margin: 0; width: 160px; font-size: .8rem; overflow-wrap: anywhere }
img, .none { width: 160px; height: 160px; border-radius: .5rem; background: #ddd; display: block }
label { display: block }
textarea { width: 100%; height: 10rem; font: .85rem monospace }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #1d1c19 } .note { color: #21201c } }
"""

_SCRIPT = """
const boxes = document.querySelectorAll('input[data-change]'), text = document.querySelector('textarea');
function write() {
  const review = {};
  for (const box of boxes) if (box.checked) {
    const { source, key, items } = JSON.parse(box.dataset.change);
    ((review[source] ??= {})[key] ??= []).push(...items);
  }
  text.value = JSON.stringify(review, null, 1);
}
for (const box of boxes) box.addEventListener('change', write);
document.querySelector('button').addEventListener('click', () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text.value], { type: 'application/json' }));
  link.download = 'review.json'; link.click();
});
write();
"""

_REVIEW = """
<h2>Corrections</h2>
<p>Tick what is to be changed above, save this text as <code>review.json</code>, and give it to the same
command with <code>--review review.json</code>. Boxes may be written by hand, too.</p>
<textarea readonly></textarea><p><button>Save review.json</button></p>
"""


def write_page(path: Path, findings: Sequence[Finding], looked_at: int) -> None:
    """Write what was found in so many copies, to the side, and rename it. Raises OSError."""
    with replacing(path) as stream:
        stream.writelines(_page(findings, looked_at))


def _page(findings: Sequence[Finding], looked_at: int) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Audit of masked copies</title>'
    yield f"<style>{_STYLE}</style></head><body>\n<h1>Audit of masked copies</h1>\n"
    yield f"<p>Copies looked at: {looked_at}; {_summary(findings)}</p>\n"
    yield '<p class="note">This page shows faces that are not covered. Keep it to yourself.</p>\n'
    for kind in Kind:
        yield from _section(kind, [finding for finding in findings if finding.kind is kind])
    yield f"{_REVIEW}<script>{_SCRIPT}</script></body></html>\n"


def _summary(findings: Sequence[Finding]) -> str:
    counts = {kind: sum(finding.kind is kind for finding in findings) for kind in Kind}
    return ", ".join(f"{_SECTIONS[kind].title.lower()}: {count}" for kind, count in counts.items()) + "."


def _section(kind: Kind, findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        return
    title, explanation, choices = _SECTIONS[kind]
    yield f"<h2>{title} ({len(findings)})</h2>\n<p>{explanation}{_left_out(len(findings))}</p>\n"
    yield '<div class="cards">\n'
    for finding in sorted(findings, key=lambda finding: -finding.score)[:MOST]:
        yield from _card(finding, choices)
    yield "</div>\n"


def _left_out(count: int) -> str:
    return f" The {MOST} surest of them are shown." if count > MOST else ""


def _card(finding: Finding, choices: Mapping[str, str]) -> Iterator[str]:
    where = f"{finding.where}<br>" if finding.where else ""
    yield f"<figure>{_image(finding.picture)}<figcaption>{escape(finding.source)}<br>{where}"
    yield f"score {finding.score:.2f}"
    for key, words in choices.items():
        items = finding.removals if key == "remove" else finding.places
        change = escape(json.dumps({"source": finding.source, "key": key, "items": items}))
        yield f'<label><input type="checkbox" data-change="{change}"> {words}</label>'
    yield "</figcaption></figure>\n"


def _image(picture: bytes) -> str:
    if not picture:
        return '<div class="none"></div>'
    return f'<img alt="" src="data:image/jpeg;base64,{b64encode(picture).decode("ascii")}">'
