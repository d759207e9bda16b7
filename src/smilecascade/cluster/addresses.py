"""What is told to be an address, and not a path, without anything that opens it."""

from __future__ import annotations

import re

#: A scheme has two letters at least: one would be a drive of Windows.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def is_address(place: str) -> bool:
    """Whether this is an address such as ``s3://bucket/folder``."""
    return bool(_ADDRESS.match(place))
