"""Plain tables: columns under titles, two spaces apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from smilecascade.cli.failures import one_line

#: Of a value that is not there.
NOTHING = "–"

#: Characters of a cell, but in the last column; what is longer ends with an ellipsis.
WIDEST = 60


def columns(titles: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[str] = ()) -> list[str]:
    """The lines of a table; the columns with the titles ``numbers`` are set to the right.

    No rows give no table, not even its titles.
    """
    if not rows:
        return []
    table = [titles, *([*map(_cell, cells), one_line(last)] for *cells, last in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    aligns = [">" if title in numbers else "<" for title in titles]
    return [
        "  ".join(f"{text:{a}{w}}" for text, a, w in zip(row, aligns, widths, strict=True)).rstrip()
        for row in table
    ]


def number(value: float | None) -> str:
    """A figure in as many digits as mean something."""
    return NOTHING if value is None else f"{value:.6g}"


def _cell(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= WIDEST else line[: WIDEST - 1] + "…"
