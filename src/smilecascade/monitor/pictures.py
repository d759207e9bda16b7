"""Images of runs, and nothing else of the disk."""

from __future__ import annotations

from pathlib import Path

from smilecascade.monitor.answers import RequestError

#: The folder of images in a folder of runs.
FOLDER = "images"


def image_file(root: Path, name: str) -> Path:
    """The file of this name below the images of the runs in ``root``.

    A link is followed first, and what it leads to must be there as well. Raises RequestError (404)
    where there is no such image, or none that belongs to the runs.
    """
    try:
        found = (root / FOLDER / name).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise RequestError(404, "there is no such image; it may have been deleted with its run") from None
    if found.suffix.lower() != ".png" or not found.is_file() or not _below(found, root.resolve() / FOLDER):
        raise RequestError(404, "there is no such image; it may have been deleted with its run")
    return found


def _below(path: Path, folder: Path) -> bool:
    return path.is_relative_to(folder)
