"""What a file of JSON lines holds of the work that it was to hold, after a kill at any moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from smilecascade.export.lines import parsed
from smilecascade.export.outcomes import Plain


@dataclass(kw_only=True)
class Recorded:
    """What was finished: how often each path, and how many of them could not be read.

    length: bytes up to the end of the last photo or video that was finished. What lies behind them
    is half a line, or frames of a video that was broken off. ``len``: photos and videos.
    """

    done: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    length: int = 0

    def __len__(self) -> int:
        return self.done.total()


def recorded(path: Path, *, whole: bool = False) -> Recorded:
    """What the lines of a file hold, up to the first one that is no result.

    whole: the file was finished, so that a video at its end was, too. Memory grows with the number
    of paths.
    """
    found, before, end = Recorded(), Plain(), 0
    for line, record in _parsed(path):
        if not _goes_on(before, record):
            found.done[record["path"]] += 1
            found.length = end
        found.unread += "error" in record
        before, end = record, end + len(line)
    if "frame" in before and not whole:
        found.done[before["path"]] -= 1
    else:
        found.length = end
    return found


class Records:
    """The records of a file of lines, as often as they are gone through."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[Plain]:
        return (record for _, record in _parsed(self._path))


def _parsed(path: Path) -> Iterator[tuple[bytes, Plain]]:
    with path.open("rb") as stream:
        for line in stream:
            record = parsed(line)
            if record is None:
                return
            yield line, record


def _goes_on(before: Plain, record: Plain) -> bool:
    """Whether a line belongs to the same video as the line before it: a later frame, or why it ended."""
    if before.get("path") != record["path"] or "frame" not in before:
        return False
    return "error" in record or record.get("frame", -1) > before["frame"]
