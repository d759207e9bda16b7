"""Label files read line by line, so that every fault in one is reported with its place."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import isfinite
from pathlib import Path

from smilecascade.errors import DatasetError

#: Digits of a count: no list is longer, and a hostile one could have thousands.
MOST_DIGITS = 9


@dataclass(frozen=True)
class Place:
    """A line of a label file; its number counts from 1."""

    path: Path
    number: int

    def error(self, expected: str, got: str) -> DatasetError:
        """The error to raise for this line: FILE:LINE, what was expected and what came."""
        return DatasetError(f"{self.path}:{self.number}: expected {expected}, got {got}")

    def value(self, text: str, expected: str) -> float:
        """The finite number that a text writes; DatasetError says what was expected instead."""
        try:
            value = float(text)
        except ValueError:
            raise self.error(expected, repr(text)) from None
        if not isfinite(value):
            raise self.error(expected, repr(text))
        return value


@dataclass(frozen=True)
class Line(Place):
    """A line of words: numbers, or a file name and numbers."""

    text: str

    def numbers(self, count: int, expected: str) -> tuple[float, ...]:
        """Exactly ``count`` finite numbers; DatasetError says what was expected instead."""
        words = self.text.split()
        if len(words) != count:
            raise self.error(expected, f"{len(words)} words: {self.text!r}")
        return tuple(self.value(word, expected) for word in words)

    def named_numbers(self, count: int, expected: str) -> tuple[str, tuple[float, ...]]:
        """A file name, which may hold spaces, and after it ``count`` finite numbers."""
        words = self.text.rsplit(maxsplit=count)
        if len(words) != count + 1:
            raise self.error(expected, f"{len(words)} words: {self.text!r}")
        return words[0], tuple(self.value(word, expected) for word in words[1:])

    def count(self, expected: str) -> int:
        """A whole number of at least 0, alone on its line, of at most 9 digits."""
        if not self.text.isdecimal() or len(self.text) > MOST_DIGITS:
            raise self.error(expected, repr(self.text))
        return int(self.text)


@dataclass(frozen=True)
class Row(Place):
    """A row of a CSV table, by the names of its columns."""

    cells: Mapping[str, str]

    def number_at(self, column: str) -> float:
        """The finite number of a column; DatasetError where it is none."""
        return self.value(self.cells[column], f"a number in column {column!r}")

    def numbers_at(self, columns: Sequence[str]) -> tuple[float, ...] | None:
        """The numbers of some columns, or None where all these cells are empty or "nan"."""
        if all(self.cells[column].strip().lower() in ("", "nan") for column in columns):
            return None
        return tuple(self.number_at(column) for column in columns)


class Lines(Iterator[Line]):
    """The lines of a text file that are not blank, with a look at the next one.

    The file is read whole. DatasetError where it cannot be read or is not UTF-8 text.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = enumerate(_text(path).split("\n"), start=1)
        self._lines = [Line(path, number, text.strip()) for number, text in lines if text.strip()]
        self._next = 0

    def __next__(self) -> Line:
        line = self.peek()
        if line is None:
            raise StopIteration
        self._next += 1
        return line

    def peek(self) -> Line | None:
        """The line that comes next, which stays the next one; None at the end."""
        return self._lines[self._next] if self._next < len(self._lines) else None

    def take(self, expected: str) -> Line:
        """The next line; at the end of the file, a DatasetError that says what was expected."""
        line = next(self, None)
        if line is None:
            last = self._lines[-1].number if self._lines else 1
            raise Place(self.path, last + 1).error(expected, "the end of the file")
        return line


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a CSV table with a header that names at least these columns, in any order.

    Blank lines are passed over; a table without rows gives nothing. DatasetError
    for an unreadable file, a missing column, or a row with too few or too many cells.
    """
    reader = csv.reader(StringIO(_text(path)))
    header = next(reader, [])
    missing = [column for column in columns if column not in header]
    if missing:
        raise Place(path, 1).error(f"a header with the column {missing[0]!r}", ",".join(header) or "nothing")
    for cells in filter(None, reader):
        if len(cells) != len(header):
            expected = f"{len(header)} cells"
            raise Place(path, reader.line_num).error(expected, f"{len(cells)}: {','.join(cells)!r}")
        yield Row(path, reader.line_num, dict(zip(header, cells, strict=True)))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be read ({error.strerror}); give the folder that holds this file"
        ) from None
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: is not UTF-8 text (byte {error.start}); is it a label file?") from None
