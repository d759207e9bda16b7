"""What was found, written as it comes: JSON lines, and the formats that are made from them."""

from smilecascade.export.files import SUFFIXES, converter, replacing
from smilecascade.export.journal import Journal
from smilecascade.export.lines import json_lines
from smilecascade.export.outcomes import (
    FoundFaces,
    FoundFrame,
    Outcome,
    Plain,
    Unread,
    Write,
    face_to_json,
    to_json,
)
from smilecascade.export.recorded import Recorded
from smilecascade.export.settings import Settings, refuse_other

__all__ = [
    "SUFFIXES",
    "FoundFaces",
    "FoundFrame",
    "Journal",
    "Outcome",
    "Plain",
    "Recorded",
    "Settings",
    "Unread",
    "Write",
    "converter",
    "face_to_json",
    "json_lines",
    "refuse_other",
    "replacing",
    "to_json",
]
