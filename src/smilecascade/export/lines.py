"""JSON lines, an object a line, and one JSON array of the same objects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import TextIO

from smilecascade.export.outcomes import Outcome, Plain, Write, to_json


@contextmanager
def json_lines(stream: TextIO) -> Iterator[Write]:
    """Write one object a line; each line is flushed, so that a reader of a pipe has it at once."""

    def write(outcome: Outcome) -> None:
        stream.write(dumped(to_json(outcome)) + "\n")
        stream.flush()

    yield write


def write_array(records: Iterable[Plain], path: Path) -> None:
    """Write one array, an object a line; no records give an empty one."""
    separators = chain(["\n"], repeat(",\n"))
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
        stream.write("[")
        stream.writelines(next(separators) + dumped(record) for record in records)
        stream.write("\n]\n")


def dumped(record: Plain) -> str:
    """A record as one line of JSON, without its end. Raises ValueError for what JSON lacks, as NaN.

    A name that is not UTF-8 comes from the system with lone surrogates: encode with
    ``errors="backslashreplace"``, since as an escape with a backslash each of them is valid JSON.
    """
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def parsed(line: bytes) -> Plain | None:
    """The record of one line of a file, or None where it is none, or its end is missing."""
    try:
        record = json.loads(line) if line.endswith(b"\n") else None
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get("path"), str) else None
