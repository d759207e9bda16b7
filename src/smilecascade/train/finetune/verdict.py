"""Old and new on the photos that were held back: which of them is the better one."""

from __future__ import annotations

from pathlib import Path

from smilecascade.datasets import open_set
from smilecascade.evaluate.measure import Performance
from smilecascade.records import AnnotatedPhoto


def better(new: Performance, old: Performance) -> bool:
    """Whether the average precision at IoU 0.5 is higher: of all figures the one that fewest photos shake."""
    return new.ap.value > old.ap.value


def validation_photos(folder: Path) -> list[AnnotatedPhoto]:
    """The photos of a set in the format of WebFaces."""
    return list(open_set("webfaces", folder))
