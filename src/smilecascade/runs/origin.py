"""What a run was made with: versions, and the commit of the program's own source."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

#: Packages that change what a training comes to.
PACKAGES = ("numpy", "torch", "onnxruntime")

#: How long git may take, in seconds.
GIT_S = 2.0


def versions() -> dict[str, str]:
    """Of Python, of smilecascade and of those ``PACKAGES`` that are installed, none of them loaded."""
    # The package around this one is loaded; to import it would be to import upwards.
    ours = sys.modules[__name__.partition(".")[0]]
    found = {"python": platform.python_version(), "smilecascade": str(vars(ours)["__version__"])}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def commit(folder: Path = Path(__file__).parents[1]) -> str | None:
    """The git commit that ``folder`` is checked out at, with a + where tracked files differ from it.

    None where it is no part of a work tree, and where git is missing or takes more than 2 s.
    """
    # An installed program may lie inside somebody else's work tree, which does not track it.
    if not _git(folder, "ls-files", "."):
        return None
    found = _git(folder, "rev-parse", "HEAD")
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{found}+" if found and changes else found or None


def _git(folder: Path, *arguments: str) -> str:
    """What git prints; nothing where it fails."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GIT_S, check=True)
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
