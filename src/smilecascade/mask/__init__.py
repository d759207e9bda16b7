"""Faces covered for good in photos and videos: found, covered, recorded, looked at again, corrected."""

from smilecascade.mask.audit import Auditor, audit_search, style_of
from smilecascade.mask.correct import corrected
from smilecascade.mask.covers import Cover, needed
from smilecascade.mask.emoji import require_emojis
from smilecascade.mask.expressions import expressions_of
from smilecascade.mask.film import Watched, watch, write_video
from smilecascade.mask.findings import Finding, Kind
from smilecascade.mask.masker import Masker, read_photo, write_photo
from smilecascade.mask.page import write_page
from smilecascade.mask.record import Copy, Record
from smilecascade.mask.review import Corrections, read_review, require_known
from smilecascade.mask.rewatch import audit_video
from smilecascade.mask.search import Search
from smilecascade.mask.styles import STYLES

__all__ = [
    "STYLES",
    "Auditor",
    "Copy",
    "Corrections",
    "Cover",
    "Finding",
    "Kind",
    "Masker",
    "Record",
    "Search",
    "Watched",
    "audit_search",
    "audit_video",
    "corrected",
    "expressions_of",
    "needed",
    "read_photo",
    "read_review",
    "require_emojis",
    "require_known",
    "style_of",
    "watch",
    "write_page",
    "write_photo",
    "write_video",
]
