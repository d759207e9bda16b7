"""What results are found with, by which it is known whether a later run may go on with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from smilecascade.errors import ExportError

#: By the name that a user knows it by: plain values of JSON.
Settings = Mapping[str, Any]


def refuse_other(settings: Settings, before: Settings, results: str | Path) -> None:
    """Raise ExportError where ``results`` were begun with others; it names the first that differs."""
    for name, value in settings.items():
        if before.get(name) != value:
            raise ExportError(
                f"{results}: was begun with {_told(name, before.get(name))}, not with {_told(name, value)}; "
                "go on with the same options, or delete it to start anew"
            )


def _told(name: str, value: Any) -> str:
    if value is None:
        return f"no {name}"
    return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
