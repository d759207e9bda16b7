"""Files that are only ever whole, and the formats that are made from recorded lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from smilecascade.aside import aside
from smilecascade.export.lines import write_array
from smilecascade.export.outcomes import Plain
from smilecascade.export.spreadsheet import write_csv

#: Makes a file of records, which can be gone through more than once. Memory does not grow with them.
Convert = Callable[[Iterable[Plain], Path], None]

#: The format that results are recorded in, and need not be made from it.
LINES = ".jsonl"

#: The suffixes of all formats, in lower case.
SUFFIXES = (LINES, ".json", ".csv", ".parquet")


def converter(suffix: str) -> Convert | None:
    """How the format of one of ``SUFFIXES`` is made from recorded lines; None: it is these lines.

    Raises ModuleNotFoundError where the format needs a package that is not installed.
    """
    if suffix == ".parquet":
        # An extra, and slow to import: only who writes the format needs it.
        from smilecascade.export.parquet import write_parquet

        return write_parquet
    return {LINES: None, ".json": write_array, ".csv": write_csv}[suffix]


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A text file that is written to the side, and takes its place when the block ends well.

    A link stays a link: what it points at is replaced. Raises OSError.
    """
    # Names that are not UTF-8 come from the system with lone surrogates, which are escaped.
    with (
        aside(path) as partial,
        partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream,
    ):
        yield stream
