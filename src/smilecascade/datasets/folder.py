"""Photos below one folder by the names that labels give them, and nothing that lies elsewhere."""

from __future__ import annotations

from pathlib import Path

from smilecascade.datasets.backgrounds import SUFFIXES
from smilecascade.errors import DatasetError


class PhotoFolder:
    """A folder of photos, and of folders of photos; what leads out of it is refused."""

    def __init__(self, root: Path) -> None:
        """DatasetError where there is no such folder."""
        if not root.is_dir():
            raise DatasetError(f"{root}: no such folder; give the folder of the labelled photos")
        self.root = root
        self._resolved = root.resolve()
        self._by_stem: dict[Path, dict[str, list[Path]]] = {}

    def find(self, where: str, name: str) -> Path:
        """The photo of this name, as the labels at ``where`` write it, "/" or "\\" between folders.

        Where there is none, the only photo of the same stem: sets are often re-encoded. DatasetError
        where there is no such photo, and for names and links that lead out of the folder.
        """
        try:
            path = self.root / name.replace("\\", "/")
            found = path if path.is_file() else self._same_stem(path)
            inside = (found or path).resolve().is_relative_to(self._resolved)
        except (OSError, ValueError):  # a name too long, or with a zero byte
            raise self._missing(where, name) from None
        if not inside:
            raise DatasetError(f"{where}: expected a photo below {self.root}, got {name!r}, which leads out")
        if found is None:
            raise self._missing(where, name)
        return found

    def _same_stem(self, path: Path) -> Path | None:
        if path.parent not in self._by_stem:
            stems: dict[str, list[Path]] = {}
            for photo in sorted(path.parent.iterdir()) if path.parent.is_dir() else ():
                if photo.suffix.lower() in SUFFIXES:
                    stems.setdefault(photo.stem, []).append(photo)
            self._by_stem[path.parent] = stems
        found = self._by_stem[path.parent].get(path.stem, [])
        return found[0] if len(found) == 1 else None

    def _missing(self, where: str, name: str) -> DatasetError:
        return DatasetError(f"{where}: expected a photo below {self.root}, got {name!r}, which is not there")
